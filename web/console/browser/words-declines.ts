/** Why payments are declined, in two or three words: for tables and charts. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  approval_denied: ['Cardholder said no', '本人が拒否', '본인이 거절'],
  cardholder_not_reached: ['Cardholder not reached', '本人に届かず', '본인에게 닿지 않음'],
  card_not_active: ['Card not active', 'カード停止中', '카드 사용 불가'],
  card_expired: ['Card expired', 'カード期限切れ', '카드 만료'],
  card_used_up: ['Single use spent', '1回限り使用済み', '일회용 사용됨'],
  category_not_allowed: ['Category not allowed', '業種の制限', '업종 제한'],
  merchant_not_allowed: ['Merchant not allowed', '店の制限', '가게 제한'],
  count_exceeded: ['Count exceeded', '回数の上限', '횟수 초과'],
  currency_mismatch: ['Other currency', '通貨の不一致', '통화 불일치'],
  insufficient_funds: ['Insufficient funds', '残高不足', '잔액 부족'],
  limit_exceeded: ['Limit exceeded', '上限超過', '한도 초과'],
  match_number_wrong: ['Wrong number', '番号の不一致', '번호 불일치'],
  not_me: ['“Not me”', '「自分ではない」', '“제가 아님”'],
  pin_wrong: ['Wrong PIN', '暗証番号の誤り', 'PIN 틀림'],
  pin_blocked: ['PIN blocked', '暗証番号の停止', 'PIN 정지'],
  security_code_wrong: ['Wrong security code', 'セキュリティコードの誤り', '보안 코드 틀림'],
  cryptogram_invalid: ['Chip not proven', 'ICの確認失敗', '칩 확인 실패'],
  network_timeout: ['Network timed out', 'カード網の時間切れ', '네트워크 시간 초과'],
  payment_expired: ['Out of time', '時間切れ', '시간 초과'],
  signature_invalid: ['Signature invalid', '署名の不一致', '서명 오류'],
  counter_forked: ['Copied wallet', 'ウォレットの複製', '복사된 지갑'],
  counter_stale: ['Counter too old', '古いカウンター', '오래된 카운터'],
  device_not_near: ['Device not near', '装置が近くにない', '기기가 가까이 없음'],
  terminal_not_active: ['Phone not active', '端末停止中', '단말기 사용 불가'],
  statement_invalid: ['Statement unreadable', '申告を読めない', '진술을 읽을 수 없음'],
  offer_invalid: ['Offer not proven', '申し出の確認失敗', '제안 확인 실패'],
  scheme_mismatch: ['Other scheme', '方式の不一致', '방식 불일치'],
  user_verification_required: ['Person not verified', '本人確認なし', '본인 확인 없음'],
} as const satisfies Rows

export type DeclineWord = keyof typeof rows
export const declineWords = wordsOf(rows)
export const isDeclineWord = (code: string): code is DeclineWord => Object.hasOwn(rows, code)
