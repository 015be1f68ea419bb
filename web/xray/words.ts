/**
 * The words of a picture, a row for each: what the timeline names (parties, messages, what travels)
 * and what the picture says itself. A name that has no row is shown as it is.
 */
import type { Language } from '@warifu/protocol/language'
import { outcomes, requests } from './words-outcomes.ts'

type Row = readonly [en: string, ja: string, ko: string]

// biome-ignore format: a table
const places = {
  cardholder:       ['cardholder', 'カード会員', '카드 이용자'],
  proximity_device: ['device in the car', '近距離装置', '근거리 기기'],
  reader:           ['card reader', 'カードリーダー', '카드 리더'],
  sim:              ['SIM and bridge', 'SIMとブリッジ', 'SIM과 브리지'],
  terminal:         ['phone', '携帯端末', '휴대전화'],
  entry_device:     ['entry device', '入力装置', '입력 장치'],
  merchant:         ['merchant', '加盟店', '가맹점'],
  server:           ['platform', 'プラットフォーム', '플랫폼'],
  vault:            ['vault', '金庫', '보관소'],
  bureau:           ['bureau', 'カード製作所', '카드 제작소'],
} as const satisfies Record<string, Row>

// biome-ignore format: a table
const things: Readonly<Record<string, Row>> = {
  'amount':         ['amount', '金額', '금액'],
  'order lines':    ['order lines', '注文明細', '주문 내역'],
  'link':           ['link', 'リンク', '링크'],
  'payee':          ['payee', '支払先', '수취인'],
  'code':           ['one-time code', 'ワンタイムコード', '일회용 코드'],
  'heard code':     ['heard code', '受信したコード', '수신한 코드'],
  'phone number':   ['phone number', '電話番号', '전화번호'],
  'number':         ['two digits', '2桁の番号', '두 자리 숫자'],
  'chip code':      ['chip’s code', 'チップの認証コード', '칩 인증 코드'],
  'card':           ['card number', 'カード番号', '카드 번호'],
  'PIN':            ['PIN', '暗証番号', 'PIN'],
  'PIN digits':     ['two PIN digits', '暗証番号の2桁', 'PIN 두 자리'],
  'card reference': ['card reference', 'カード参照', '카드 참조'],
  'last4':          ['last four digits', '下4桁', '끝 네 자리'],
  'token':          ['token', 'トークン', '토큰'],
  'offer':          ['this sale’s public key', 'この売上の公開鍵', '이 거래의 공개 키'],
  'outcome':        ['outcome', '結果', '결과'],
}

// biome-ignore format: a table
const messages: Readonly<Record<string, Row>> = {
  'createPayment':    ['asks for a payment', '支払いを求める', '결제를 요청'],
  'payment':          ['the payment', '支払い', '결제'],
  'link':             ['shows the link', 'リンクを見せる', '링크를 보임'],
  'claimPayment':     ['opens the link', 'リンクを開く', '링크를 엶'],
  'approval':         ['asks: shop, amount', '店と金額を確かめる', '가게와 금액 확인'],
  'yes':              ['yes', 'はい', '예'],
  'no':               ['no', 'いいえ', '아니요'],
  'yes and number':   ['yes, and the till’s number', 'はい・レジの番号', '예, 계산대의 숫자'],
  'code':             ['shows a code', 'コードを見せる', '코드를 보임'],
  'redeemCode':       ['pays by code', 'コードで払う', '코드로 결제'],
  'open_code':        ['is this code good?', 'コードを検証', '코드 검증'],
  'presentCard':      ['presents the card', 'カードを提示', '카드를 제시'],
  'open_card':        ['who sends? then open', '送り手を確かめて開封', '보낸 이 확인 후 개봉'],
  'record':           ['card’s record, sealed', 'カード記録（封印）', '카드 레코드(봉인)'],
  'open_sim':         ['this SIM? then open', 'SIMを確かめて開封', 'SIM 확인 후 개봉'],
  'authenticate':     ['this payment, please', 'この支払いの認証', '이 결제의 인증'],
  'chip code':        ['the chip’s code', 'チップの認証コード', '칩의 인증 코드'],
  'verify_chip':      ['is it that chip?', 'チップを検証', '칩을 검증'],
  'verify_assent':    ['is it their passkey?', 'パスキーを検証', '패스키를 검증'],
  'broadcast':        ['broadcasts a code', 'コードを発信', '코드를 방송'],
  'superseded':       ['another till was chosen', '別のレジが選ばれた', '다른 계산대가 선택됨'],
  'PIN':              ['keys the PIN', '暗証番号を入れる', 'PIN을 입력'],
  'pay by SIM':       ['which card? this payment', 'どのカード・この支払い', '어느 카드, 이 결제'],
  'receiveApproval':  ['I showed it', '表示した', '표시했음'],
  'outcome':          ['the outcome', '結果', '결과'],
  'look for somebody':['finds nobody', '見つからない', '찾지 못함'],
  'look for a reader':['finds no reader', 'リーダーがない', '리더가 없음'],
  'not me':           ['not me', '覚えがない', '내가 아님'],
  'card, by telephone':['tells the number by telephone', '電話で番号を伝える', '전화로 번호를 알림'],
  'sealed':           ['sealed for this sale', 'この売上のために封印', '이 거래용으로 봉인'],
  'make_offer':       ['a key for this sale', 'この売上の鍵を作る', '이 거래의 키 생성'],
  'offer':            ['the sale’s public key', 'この売上の公開鍵', '이 거래의 공개 키'],
  'open_sale':        ['open, for this sale', 'この売上として開封', '이 거래로 개봉'],
  'next step':        ['what comes next', '次の手順', '다음 단계'],
  'card reference':   ['a reference', '参照', '참조'],
  'verified':         ['verified', '検証済み', '검증됨'],
  'authorize':        ['hold', '確保', '보류'],
  'answerApproval':   ['answers', '返事', '응답'],
  'denyPayment':      ['refuses', '断る', '거절'],
  'capturePayment':   ['captures', '売上確定', '매입'],
  'cancelPayment':    ['cancels', '取り消し', '취소'],
  'refundPayment':    ['refunds', '返金', '환불'],
  'automaticCapture': ['capture', '売上確定', '매입'],
  'expire':           ['release', '解放', '해제'],
  'endSale':          ['the sale is over', '売上の終了', '거래 종료'],
  'card':             ['keys, swipes or inserts', 'カードを読ませる', '카드를 입력'],
  'entry':            ['encrypted at once', 'ただちに暗号化', '즉시 암호화'],
  'open_entry':       ['which device? then open', '装置を確かめて開封', '장치 확인 후 개봉'],
  'authorize_network':['another company’s card', '他社カード', '타사 카드'],
  'authorized':       ['authorised', '承認', '승인'],
  'declined':         ['declined', '拒否', '거절됨'],
}

// biome-ignore format: a table
const sayings = {
  title:       ['X-ray of a payment', '支払いのX線写真', '결제의 엑스레이'],
  summary:     ['{count} messages between {parties}. The number is read by: {readers}.',
    '{parties}のあいだの{count}件のメッセージ。番号を読めるのは：{readers}。',
    '{parties} 사이의 메시지 {count}건. 번호를 읽을 수 있는 곳: {readers}.'],
  nobody:      ['nobody', 'なし', '없음'],
  reads:       ['reads the card number', 'カード番号を読める', '카드 번호를 읽음'],
  carries:     ['carries it sealed', '封印のまま運ぶ', '봉인된 채 전달'],
  nothing:     ['no card number here', 'カード番号は来ない', '카드 번호가 오지 않음'],
  saw:         ['could read: {what}', '読めたもの：{what}', '읽을 수 있던 것: {what}'],
  saw_nothing: ['could read nothing', '読めたものなし', '읽을 수 있던 것 없음'],
  sealed:      ['{what} sealed for {party}', '{what}・{party}宛に封印', '{what}, {party}용 봉인'],
  key:         ['key {key}, check value {check}', '鍵 {key}、チェック値 {check}', '키 {key}, 체크값 {check}'],
  key_unsaid:  ['key {key}', '鍵 {key}', '키 {key}'],
  signed:      ['signed by {by}', '{by}の署名', '{by}의 서명'],
  verified:    ['verified', '検証', '검증'],
  opened:      ['opened here: {what}', 'ここで開封：{what}', '여기서 개봉: {what}'],
  ledger:      ['ledger: {what}', '台帳：{what}', '원장: {what}'],
  archived:    ['archived until {until}', '{until}まで保管', '{until}까지 보관'],
  minutes:     ['{n} min', '{n}分', '{n}분'],
  reported:    ['reported', '申告', '보고됨'],
  refused:     ['refused: {code}', '拒否：{code}', '거절: {code}'],
  waiting:     ['Waiting for the first message …', '最初のメッセージを待っています…', '첫 메시지를 기다리는 중…'],
  live:        ['Follow', '追いかける', '따라가기'],
  first:       ['First', '最初', '처음'],
  before:      ['Back', '前へ', '이전'],
  after:       ['Next', '次へ', '다음'],
  all:         ['All', 'すべて', '전체'],
  save:        ['Save as SVG', 'SVGで保存', 'SVG로 저장'],
  step:        ['Message {n} of {count}', '{count}件中{n}件目', '{count}건 중 {n}번째'],
  hint:        ['Arrow keys go message by message.', '矢印キーで1件ずつ進みます。', '화살표 키로 한 건씩 넘깁니다.'],
  who:         ['Party', '当事者', '당사자'],
  reads_here:  ['can read here', 'ここで読めるもの', '여기서 읽을 수 있는 것'],
  holds_here:  ['holds sealed', '封印のまま持つもの', '봉인된 채 가진 것'],
  not_here:    ['nothing: it is not theirs', 'なし（届かない）', '없음(오지 않음)'],
  later:       ['{time} after the message before', '前のメッセージから{time}', '앞 메시지로부터 {time}'],
  reported_is: ['Said by a party, not seen by the platform itself.',
    '当事者の申告で、プラットフォーム自身は見ていません。',
    '당사자가 보고한 것으로, 플랫폼이 직접 본 것은 아닙니다.'],
} as const satisfies Record<string, Row>

export type Saying = keyof typeof sayings

export type XrayWords = {
  readonly place: (place: keyof typeof places) => string
  readonly thing: (what: string) => string
  readonly message: (name: string) => string
  /** In English the API’s own names of requests and outcomes. */
  readonly request: (name: string) => string
  readonly outcome: (code: string) => string
  readonly list: (parts: readonly string[]) => string
  readonly say: (name: Saying, values?: Readonly<Record<string, string>>) => string
}

const columnOf: Readonly<Record<Language, 0 | 1 | 2>> = { en: 0, ja: 1, ko: 2 }

/** Every row, for the test that looks for empty ones. */
export const xrayRows = { places, things, messages, sayings, requests, outcomes }

/** What the record says of a payment that has left the tables (server/payments/reading.ts). */
const archived = /^archived_until_(.+)$/

export function xrayWords(language: Language): XrayWords {
  const at = columnOf[language]
  const named = (table: typeof requests, name: string) =>
    at === 0 ? name : (table[name]?.[at - 1] ?? name)
  const say: XrayWords['say'] = (name, values = {}) =>
    sayings[name][at].replace(/\{(\w+)\}/g, (hole, key: string) => values[key] ?? hole)
  return {
    place: (place) => places[place][at],
    thing: (what) => things[what]?.[at] ?? what,
    message: (name) => messages[name]?.[at] ?? name,
    request: (name) => named(requests, name),
    outcome: (code) => {
      const until = archived.exec(code)?.[1]
      return until === undefined ? named(outcomes, code) : say('archived', { until })
    },
    list: (parts) => parts.join(language === 'ja' ? '、' : ', '),
    say,
  }
}
