/** What is done to a payment, request by request: the names of its record, in words. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  createPayment: ['Asked for', '請求', '요청'],
  claimPayment: ['Opened by the phone', '端末で開いた', '단말기에서 열림'],
  ask: ['The cardholder is asked', 'カード会員に確認', '카드 이용자에게 물음'],
  receiveApproval: ['The question was shown', '確認画面を表示', '질문이 표시됨'],
  undeliverable: ['The question did not arrive', '確認が届かず', '질문이 닿지 않음'],
  answerApproval: ['The cardholder answered', 'カード会員が返答', '카드 이용자가 답함'],
  denyPayment: ['The cardholder refused', 'カード会員が拒否', '카드 이용자가 거절'],
  presentCard: ['The card was presented', 'カードを提示', '카드 제시'],
  supersede: ['Another till was chosen', '別のレジを選択', '다른 계산대를 선택'],
  capturePayment: ['Captured', '売上を確定', '매입'],
  automaticCapture: ['Captured at once', '自動で売上を確定', '자동 매입'],
  cancelPayment: ['Cancelled', '取り消し', '취소'],
  refundPayment: ['Given back', '返金', '환불'],
  expire: ['Its time ran out', '期限切れ', '기한이 지남'],
  endSale: ['The sale at the reader ended', 'リーダーでの売上が終了', '리더에서의 거래 종료'],
  incrementPayment: ['More was asked for', '増額の請求', '추가 요청'],
  archived: ['Its record was put away', '記録をアーカイブへ移動', '기록을 따로 보관함'],
} as const satisfies Rows

export const stepWords = wordsOf(rows)
export const isStepWord = (name: string): name is keyof typeof rows => Object.hasOwn(rows, name)
