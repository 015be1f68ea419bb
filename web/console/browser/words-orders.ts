/** What the pages of plastic and SIMs say. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  order: ['The order', '注文', '주문'],
  moves: ['What happened', '経過', '경과'],
  bureaus: ['Card factories', 'カード製作所', '카드 제작소'],
  addBureau: ['Let a factory in', '製作所を登録する', '제작소 등록'],
  addBureauLead: [
    'By its file of public keys (bureau.json). Its sealing key is admitted in the vault.',
    '製作所から受け取った公開鍵のファイル(bureau.json)で登録します。封をする鍵は金庫の側で登録します。',
    '제작소가 건넨 공개 키 파일(bureau.json)로 등록합니다. 봉인 키는 보관소에서 따로 등록합니다.',
  ],
  keyFile: ['File of public keys', '公開鍵のファイル', '공개 키 파일'],
  keyFileWrong: [
    'This file names no factory and signing key.',
    'このファイルには製作所と署名鍵がありません。',
    '이 파일에는 제작소와 서명 키가 없습니다.',
  ],
  sim: ['The SIM', 'このSIM', '이 SIM'],
  cardsIn: ['Cards in it', '入っているカード', '들어 있는 카드'],
  phones: ['Phones that use it', '使っている端末', '사용하는 단말기'],
} as const satisfies Rows

export const orderWords = wordsOf(rows)
