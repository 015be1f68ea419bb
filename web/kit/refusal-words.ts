/**
 * What a refusal says to the person, in their language. English is protocol/errors.ts itself; the
 * test holds this table to it: every code that has words for a cardholder has them here too.
 */
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { Language } from './language.ts'

type Column = Readonly<Partial<Record<Refusal, string>>>

const bugJa = 'アプリが読み取れないリクエストを送りました。請求はされていません。'
const bugKo = '앱이 읽을 수 없는 요청을 보냈습니다. 청구되지 않았습니다.'

export const ja: Column = {
  malformed_json: bugJa,
  field_invalid: bugJa,
  field_unknown: bugJa,
  body_too_large: bugJa,
  not_found: '見つかりません。',
  too_many_streams: 'このウォレットを開きすぎています。タブを閉じてください。',
  test_only: 'サンドボックスでのみ使えます。',
  unauthenticated: 'もう一度ログインしてください。',
  session_invalid: 'もう一度ログインしてください。',
  signature_invalid: 'この端末を確認できませんでした。請求はされていません。',
  signature_stale: '端末の時計がずれているか、古いリクエストです。もう一度お試しください。',
  terminal_unknown: 'この端末は登録されていません。',
  terminal_not_active: 'この端末では支払えません。',
  counter_stale: 'すでに受け取ったものより古いリクエストです。請求はされていません。',
  counter_forked: 'このウォレットのコピーが2つ使われています。お守りするため停止しました。',
  card_already_chosen: 'この支払いは別のカードで始められています。',
  challenge_expired: '時間がかかりすぎました。最初からやり直してください。',
  passkey_invalid: 'パスキーを確認できませんでした。',
  passkey_unknown: 'このパスキーは登録されていません。',
  credential_exists: 'このパスキーはすでに登録されています。',
  enrolment_invalid: 'この端末を登録できませんでした。',
  terminal_exists: 'この端末はすでに登録されています。',
  proof_invalid: 'この端末が鍵を持つことを確認できませんでした。',
  program_closed: 'このカードは現在お申し込みいただけません。',
  application_state: 'お申し込みは、いまこの手順に進めません。',
  application_expired: 'お申し込みの期限が切れました。もう一度お申し込みください。',
  code_wrong: 'コードが違います。',
  code_expired: 'コードの期限が切れました。新しいコードを受け取ってください。',
  code_exhausted: 'コードの間違いが多すぎます。新しいコードを受け取ってください。',
  installation_mismatch: '届いたカードが、送ったものと一致しません。',
  bin_exhausted: 'いまはカードを発行できません。',
  already_claimed: 'この支払いは別の端末で開かれています。',
  payment_state: 'この支払いはすでに終わっているか、あなたの支払いではありません。',
  payment_expired: 'この支払いの時間が過ぎました。請求はされていません。',
  approval_mismatch: '承認した内容がお店の請求と違います。請求はされていません。',
  approval_denied: 'この支払いを断りました。',
  user_verification_required: 'パスキーで確認してください。',
  assertion_invalid: 'パスキーの確認が、この支払いのものではありません。',
  statement_invalid: 'アプリが読み取れない確認を送りました。請求はされていません。',
  blob_mismatch: '確認したカードと違います。請求はされていません。',
  blob_invalid: 'この端末のカードを読み取れません。請求はされていません。',
  cardholder_mismatch: 'このカードは別の方のものです。',
  card_unknown: 'このカードは登録されていません。',
  card_not_active: 'このカードは利用できない状態です。',
  currency_mismatch: 'このカードはその通貨では支払えません。',
  limit_exceeded: 'カードの上限を超えています。',
  count_exceeded: 'このカードは決められた回数まで支払いました。',
  card_used_up: 'このカードは1回限りで、すでに使われています。',
  merchant_not_allowed: 'このカードはこのお店では使えません。',
  category_not_allowed: 'このカードはこの業種のお店では使えません。',
  insufficient_funds: 'カードの残高が足りません。',
  entry_invalid: 'カードを読み取れませんでした。もう一度入力してください。',
  entry_mismatch: 'カードは別の支払いのために入力されました。請求はされていません。',
  ksn_replayed: 'カードを読み取れませんでした。もう一度入力してください。',
  security_code_wrong: 'セキュリティコードが違います。請求はされていません。',
  card_expired: '有効期限が違うか、過ぎています。請求はされていません。',
  pin_wrong: '暗証番号が違います。請求はされていません。',
  pin_blocked: '暗証番号の間違いが多すぎます。暗証番号は使えなくなりました。',
  cryptogram_invalid: 'カードのICチップを確認できませんでした。請求はされていません。',
  card_not_supported: 'このカードはここでは使えません。',
  network_timeout: 'カード会社から時間内に返事がありませんでした。請求はされていません。',
  network_unavailable:
    'カード会社からまだ返事がありません。もう一度お試しください。二重に請求されることはありません。',
  approval_state: 'この確認にはすでに答えています。',
  approval_expired: 'この確認の期限は過ぎました。',
  vault_unavailable:
    '保管庫につながりませんでした。もう一度お試しください。二重に請求されることはありません。',
  internal_error:
    'こちら側で処理できませんでした。もう一度お試しください。二重に請求されることはありません。',
}

export const ko: Column = {
  malformed_json: bugKo,
  field_invalid: bugKo,
  field_unknown: bugKo,
  body_too_large: bugKo,
  not_found: '찾을 수 없습니다.',
  too_many_streams: '이 지갑이 너무 많이 열려 있습니다. 탭을 닫아 주세요.',
  test_only: '샌드박스에서만 사용할 수 있습니다.',
  unauthenticated: '다시 로그인해 주세요.',
  session_invalid: '다시 로그인해 주세요.',
  signature_invalid: '이 단말기를 확인할 수 없습니다. 청구되지 않았습니다.',
  signature_stale: '단말기의 시계가 맞지 않거나 오래된 요청입니다. 다시 시도해 주세요.',
  terminal_unknown: '등록되지 않은 단말기입니다.',
  terminal_not_active: '이 단말기로는 결제할 수 없습니다.',
  counter_stale: '이미 받은 것보다 오래된 요청입니다. 청구되지 않았습니다.',
  counter_forked: '이 지갑의 복사본 두 개가 사용되고 있습니다. 보호를 위해 정지했습니다.',
  card_already_chosen: '이 결제는 다른 카드로 시작되었습니다.',
  challenge_expired: '시간이 너무 오래 걸렸습니다. 처음부터 다시 해 주세요.',
  passkey_invalid: '패스키를 확인할 수 없습니다.',
  passkey_unknown: '등록되지 않은 패스키입니다.',
  credential_exists: '이미 등록된 패스키입니다.',
  enrolment_invalid: '이 단말기를 등록할 수 없습니다.',
  terminal_exists: '이미 등록된 단말기입니다.',
  proof_invalid: '이 단말기가 키를 가지고 있는지 확인할 수 없습니다.',
  program_closed: '지금은 신청할 수 없는 카드입니다.',
  application_state: '신청이 지금 이 단계로 갈 수 없습니다.',
  application_expired: '신청 기한이 지났습니다. 다시 신청해 주세요.',
  code_wrong: '코드가 맞지 않습니다.',
  code_expired: '코드가 만료되었습니다. 새 코드를 받아 주세요.',
  code_exhausted: '틀린 코드가 너무 많습니다. 새 코드를 받아 주세요.',
  installation_mismatch: '설치된 카드가 보낸 것과 다릅니다.',
  bin_exhausted: '지금은 카드를 만들 수 없습니다.',
  already_claimed: '다른 단말기에서 이 결제를 열었습니다.',
  payment_state: '이미 끝났거나 본인의 결제가 아닙니다.',
  payment_expired: '결제 시간이 지났습니다. 청구되지 않았습니다.',
  approval_mismatch: '승인한 내용이 가게의 요청과 다릅니다. 청구되지 않았습니다.',
  approval_denied: '이 결제를 거절했습니다.',
  user_verification_required: '패스키로 확인해 주세요.',
  assertion_invalid: '패스키 확인이 이 결제의 것이 아닙니다.',
  statement_invalid: '앱이 읽을 수 없는 확인을 보냈습니다. 청구되지 않았습니다.',
  blob_mismatch: '확인한 카드가 아닙니다. 청구되지 않았습니다.',
  blob_invalid: '이 단말기의 카드를 읽을 수 없습니다. 청구되지 않았습니다.',
  cardholder_mismatch: '다른 사람의 카드입니다.',
  card_unknown: '알 수 없는 카드입니다.',
  card_not_active: '사용할 수 없는 상태의 카드입니다.',
  currency_mismatch: '이 카드는 그 통화로 결제할 수 없습니다.',
  limit_exceeded: '카드 한도를 넘습니다.',
  count_exceeded: '이 카드는 정해진 횟수만큼 결제했습니다.',
  card_used_up: '이 카드는 한 번만 쓸 수 있으며 이미 사용되었습니다.',
  merchant_not_allowed: '이 카드는 이 가게에서 쓸 수 없습니다.',
  category_not_allowed: '이 카드는 이런 업종의 가게에서 쓸 수 없습니다.',
  insufficient_funds: '카드에 남은 금액이 부족합니다.',
  entry_invalid: '카드를 읽을 수 없습니다. 다시 입력해 주세요.',
  entry_mismatch: '다른 결제를 위해 입력된 카드입니다. 청구되지 않았습니다.',
  ksn_replayed: '카드를 읽을 수 없습니다. 다시 입력해 주세요.',
  security_code_wrong: '보안 코드가 맞지 않습니다. 청구되지 않았습니다.',
  card_expired: '유효 기간이 맞지 않거나 지났습니다. 청구되지 않았습니다.',
  pin_wrong: '비밀번호가 맞지 않습니다. 청구되지 않았습니다.',
  pin_blocked: '틀린 비밀번호가 너무 많습니다. 비밀번호가 정지되었습니다.',
  cryptogram_invalid: '카드의 칩을 확인할 수 없습니다. 청구되지 않았습니다.',
  card_not_supported: '여기서는 사용할 수 없는 카드입니다.',
  network_timeout: '카드사가 제시간에 답하지 않았습니다. 청구되지 않았습니다.',
  network_unavailable:
    '카드사가 아직 답하지 않았습니다. 다시 시도해 주세요. 두 번 청구되지 않습니다.',
  approval_state: '이미 답한 확인입니다.',
  approval_expired: '이 확인의 기한이 지났습니다.',
  vault_unavailable: '보관소에 연결할 수 없습니다. 다시 시도해 주세요. 두 번 청구되지 않습니다.',
  internal_error: '저희 쪽에서 처리하지 못했습니다. 다시 시도해 주세요. 두 번 청구되지 않습니다.',
}

const columns: Readonly<Record<Language, Column>> = {
  en: Object.fromEntries(
    Object.entries(errors).map(([code, { cardholder }]) => [code, cardholder]),
  ),
  ja,
  ko,
}

const isRefusal = (code: string): code is Refusal => Object.hasOwn(errors, code)

/** The sentence for this code; that of an unexpected fault for one we do not know. */
export function refusalWords(code: string, language: Language): string {
  const words = isRefusal(code) ? columns[language][code] : undefined
  return words || (columns[language].internal_error ?? '')
}
