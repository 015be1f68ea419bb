/** What the page of keys says: what each key is for. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  lead: [
    'A check value stands for a key. No key can be read here, nor anywhere outside the vault.',
    'チェック値は鍵の代わりの印です。鍵そのものは、ここでも金庫の外のどこでも読めません。',
    '체크값은 키를 대신하는 표시입니다. 키 자체는 여기에서도, 보관소 밖 어디에서도 읽을 수 없습니다.',
  ],
  rootInFile: [
    'The root key {check} lies in a file, under a passphrase',
    'ルート鍵 {check} は、パスフレーズで守られたファイルにあります',
    '루트 키 {check}은 암호 문구로 보호된 파일에 있습니다',
  ],
  rootInHsm: [
    'The root key {check} lies in an HSM',
    'ルート鍵 {check} は、HSMの中にあります',
    '루트 키 {check}은 HSM 안에 있습니다',
  ],
  allUnder: [
    'All others are wrapped under it, one under the other: what protects it protects them all. ' +
      'Each cardholder and each device has a key of its own besides, too many to list.',
    'ほかの鍵はすべてその下に包まれているので、これを守るものがすべてを守ります。このほか、カード会員ごと、装置ごとに鍵がありますが、数が多いため載せません。',
    '다른 키는 모두 그 아래에 감싸여 있어, 이것을 지키는 것이 모두를 지킵니다. 카드 이용자와 기기마다 키가 하나씩 더 있지만 너무 많아 싣지 않습니다.',
  ],
  root: ['wraps all others', 'ほかのすべての鍵を包む', '다른 모든 키를 감쌈'],
  base: [
    'derives the keys of entry devices (DUKPT)',
    '入力装置の鍵を導出する(DUKPT)',
    '입력 장치의 키를 파생(DUKPT)',
  ],
  card: ['wraps cardholders’ keys', 'カード会員の鍵を包む', '카드 이용자의 키를 감쌈'],
  'pan-index': ['finds a card by its number', '番号からカードを探す', '번호로 카드를 찾음'],
  'card-check': [
    'compares expiry and security code',
    '期限とセキュリティコードを照合する',
    '만료일과 보안 코드를 비교',
  ],
  pin: ['verifies PINs', '暗証番号を検証する', 'PIN을 확인'],
  chip: ['derives chips’ keys', 'ICチップの鍵を導出する', '칩의 키를 파생'],
  stripe: ['verifies magnetic stripes', '磁気ストライプを検証する', '마그네틱을 확인'],
  entry: ['wraps keys of entry devices', '入力装置の鍵を包む', '입력 장치의 키를 감쌈'],
  sim: ['derives the keys of SIM cards', 'SIMカードの鍵を導出する', 'SIM 카드의 키를 파생'],
  company: [
    'wraps keys SIM records are sealed to',
    'SIM内の記録の封に使う鍵を包む',
    'SIM 기록을 봉인하는 키를 감쌈',
  ],
  code: ['derives one-time codes', 'ワンタイムコードを導出する', '일회용 코드를 파생'],
  answer: [
    'names calls that were answered before',
    '回答済みの呼び出しを見分ける',
    '이미 답한 호출을 구별',
  ],
  proximity: [
    'derives proximity devices’ keys',
    '近距離装置の鍵を導出する',
    '근거리 기기의 키를 파생',
  ],
  offer: [
    'signs offers to card readers',
    'リーダーへの申し出に署名する',
    '리더에 보내는 제안에 서명',
  ],
  audit: ['signs the record of the vault', '金庫の記録に署名する', '보관소의 기록에 서명'],
  vouching: ['signs the vault’s public keys', '金庫の公開鍵に署名する', '보관소의 공개 키에 서명'],
  'pin-transport': ['PINs are sealed to it', '暗証番号を封じる宛先', 'PIN을 봉인하는 대상'],
  'plastic-transport': [
    'what was read of plastic is sealed to it',
    'プラスチックカードの読み取りを封じる宛先',
    '실물 카드에서 읽은 것을 봉인하는 대상',
  ],
  payment: [
    'cards are sealed to it, for one payment',
    '1回の支払いのためにカードを封じる宛先',
    '한 번의 결제를 위해 카드를 봉인하는 대상',
  ],
} as const satisfies Rows

export type KeyWord = keyof typeof rows
export const keyWords = wordsOf(rows)
export const isKeyWord = (name: string): name is KeyWord => Object.hasOwn(rows, name)
