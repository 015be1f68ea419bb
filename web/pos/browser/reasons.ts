/**
 * Why the platform said no, in the shop's words: what may be told to a customer over the counter
 * and no more. English is protocol/errors.ts itself.
 */
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { Language } from '@warifu/web/kit'

/** What a till can meet: declined payments, acts that do not fit, and a key that is not good. */
export const met = [
  'amount_above_captured',
  'api_key_invalid',
  'approval_denied',
  'cardholder_not_reached',
  'card_expired',
  'card_not_active',
  'card_used_up',
  'category_not_allowed',
  'count_exceeded',
  'currency_mismatch',
  'insufficient_funds',
  'internal_error',
  'limit_exceeded',
  'merchant_not_allowed',
  'not_found',
  'payment_expired',
  'payment_state',
  'terminal_not_active',
  'token_unknown',
  'too_many_requests',
  'vault_unavailable',
] as const satisfies readonly Refusal[]
type Met = (typeof met)[number]

const ja: Readonly<Record<Met, string>> = {
  amount_above_captured: '支払われて、まだ返金されていない金額を超えています。',
  api_key_invalid: 'APIキーが不明か、期限切れか、取り消されています。',
  approval_denied: 'お客様が断りました。',
  cardholder_not_reached: 'お客様に連絡がつかないか、時間内に返事がありませんでした。',
  card_expired: 'カードの有効期限が違うか、過ぎています。',
  card_not_active: 'カードが利用できない状態です。',
  card_used_up: '1回限りのカードで、すでに使われています。',
  category_not_allowed: 'この業種のお店では使えないカードです。',
  count_exceeded: 'カードの利用回数の上限に達しています。',
  currency_mismatch: 'このカードはその通貨では支払えません。',
  insufficient_funds: '利用可能額が足りません。',
  internal_error: '決済基盤で処理できませんでした。もう一度送っても二重には請求されません。',
  limit_exceeded: 'カードの上限を超えています。',
  merchant_not_allowed: 'このお店では使えないカードです。',
  not_found: '見つかりません。',
  payment_expired: '期限が過ぎました。請求はされていません。',
  payment_state: 'この支払いは、いまその操作に進めません。',
  terminal_not_active: 'お客様の端末が利用できない状態です。',
  token_unknown: 'この番号のカードは保存されていません。',
  too_many_requests: '番号での確認が多すぎます。少し待ってください。',
  vault_unavailable: '保管庫につながりません。もう一度送っても二重には請求されません。',
}
const ko: Readonly<Record<Met, string>> = {
  amount_above_captured: '결제되고 아직 환불되지 않은 금액을 넘습니다.',
  api_key_invalid: 'API 키를 알 수 없거나, 만료되었거나, 취소되었습니다.',
  approval_denied: '고객이 거절했습니다.',
  cardholder_not_reached: '고객과 연결되지 않았거나 제시간에 응답하지 않았습니다.',
  card_expired: '카드의 유효 기간이 맞지 않거나 지났습니다.',
  card_not_active: '사용할 수 없는 상태의 카드입니다.',
  card_used_up: '한 번만 쓸 수 있는 카드이며 이미 사용되었습니다.',
  category_not_allowed: '이런 업종에서 쓸 수 없는 카드입니다.',
  count_exceeded: '카드의 결제 횟수 한도에 이르렀습니다.',
  currency_mismatch: '이 카드는 그 통화로 결제할 수 없습니다.',
  insufficient_funds: '사용 가능 금액이 부족합니다.',
  internal_error: '결제 플랫폼에서 처리하지 못했습니다. 다시 보내도 두 번 청구되지 않습니다.',
  limit_exceeded: '카드 한도를 넘습니다.',
  merchant_not_allowed: '이 가게에서 쓸 수 없는 카드입니다.',
  not_found: '찾을 수 없습니다.',
  payment_expired: '기한이 지났습니다. 청구되지 않았습니다.',
  payment_state: '지금은 이 결제에 그 작업을 할 수 없습니다.',
  terminal_not_active: '고객의 단말기를 사용할 수 없는 상태입니다.',
  token_unknown: '이 번호에 저장된 카드가 없습니다.',
  too_many_requests: '번호로 묻는 요청이 너무 많습니다. 잠시 기다려 주세요.',
  vault_unavailable: '보관소에 연결할 수 없습니다. 다시 보내도 두 번 청구되지 않습니다.',
}

const isMet = (code: string): code is Met => met.some((one) => one === code)

/** The reason in this language; the code itself where it is one that a till does not meet. */
export function reasonOf(code: string | null, language: Language): string {
  if (code === null || !isMet(code)) return code ?? ''
  return language === 'en' ? errors[code].merchant : { ja, ko }[language][code]
}
