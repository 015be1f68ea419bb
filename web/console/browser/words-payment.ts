/** What the page of a payment says: its record, and what can be done with it. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  increments: ['Asked for on top', '増額の依頼', '추가 요청'],
  summary: ['In short', '要約', '요약'],
  lines: ['Order', '明細', '주문 내역'],
  xray: ['Who could read what', 'だれが何を読めたか', '누가 무엇을 읽을 수 있었나'],
  timeline: ['Record', '記録', '기록'],
  later: ['{ms} ms later', '{ms} ミリ秒後', '{ms} ms 뒤'],
  sealedFor: ['{what} sealed for {party}', '{what}:{party}あてに封', '{what}: {party} 앞으로 봉인'],
  signed: ['signed', '署名あり', '서명됨'],
  reported: ['as reported', '当事者の申告', '당사자가 알림'],
  party_cardholder: ['cardholder', 'カード会員', '카드 이용자'],
  party_terminal: ['phone', '携帯端末', '휴대전화'],
  party_entry_device: ['entry device', '入力装置', '입력 장치'],
  party_proximity_device: ['proximity device', '近距離装置', '근거리 기기'],
  party_reader: ['card reader', 'カードリーダー', '카드 리더'],
  party_sim: ['SIM card', 'SIMカード', 'SIM 카드'],
  party_bureau: ['card maker', 'カード製作所', '카드 제작소'],
  party_merchant: ['shop', '店', '가게'],
  party_server: ['platform', 'プラットフォーム', '플랫폼'],
  party_vault: ['vault', '金庫', '보관소'],
  party_ledger: ['ledger', '台帳', '원장'],
  acts: ['What can be done now', 'いまできること', '지금 할 수 있는 일'],
  capture: ['Capture', '売上を確定', '매입'],
  cancel: ['Cancel payment', '支払いを取り消す', '결제 취소'],
  refund: ['Refund', '返金', '환불'],
  captureTitle: ['Capture this payment', '売上を確定する', '이 결제를 매입'],
  captureLead: [
    'Up to {amount}. What is not captured is released.',
    '{amount}まで。確定しない分は解放されます。',
    '{amount}까지. 매입하지 않은 금액은 풀립니다.',
  ],
  cancelTitle: ['Cancel this payment', '支払いを取り消す', '이 결제를 취소'],
  cancelLead: [
    'Nothing will be charged; what is held is released.',
    '請求はされません。確保した金額は解放されます。',
    '청구되지 않습니다. 보류한 금액은 풀립니다.',
  ],
  refundTitle: ['Give money back', '返金する', '돈을 돌려주기'],
  refundLead: ['Up to {amount}.', '{amount}まで。', '{amount}까지.'],
  amount: ['Amount', '金額', '금액'],
  amountWrong: [
    'An amount from {least} to {most}.',
    '{least}から{most}までの金額を入れてください。',
    '{least}부터 {most}까지의 금액을 넣어 주세요.',
  ],
  doCapture: ['Capture {amount}', '{amount}を確定する', '{amount} 매입'],
  doRefund: ['Refund {amount}', '{amount}を返金する', '{amount} 환불'],
  doCancel: ['Cancel payment', '支払いを取り消す', '결제 취소'],
} as const satisfies Rows

export type PaymentWord = keyof typeof rows
export const paymentWords = wordsOf(rows)
