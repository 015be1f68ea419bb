/** What each kind of error is about, in English, Japanese and Korean. */
import type { errors, Refusal, Words } from './errors.ts'

// biome-ignore format: a table reads by its columns
export const errorTitles = {
  invalid_request_error: ['The request itself', 'リクエストそのもの', '요청 자체'],
  authentication_error: ['Who is asking', 'だれが求めているか', '누가 요청하는가'],
  permission_error: ['Who may do it', 'だれに許されているか', '누구에게 허용되는가'],
  idempotency_error: ['Once means once', '一度は一度だけ', '한 번은 한 번'],
  conflict_error: ['What does not fit now', 'いまの状態に合わないもの', '지금 상태에 맞지 않는 것'],
  card_error: ['The card says no', 'カードが使えないとき', '카드를 쓸 수 없을 때'],
  approval_error: ['The person, or what they approved', '本人と、承認された内容', '본인과 승인한 내용'],
  vault_error: ['The vault', '金庫', '보관소'],
  api_error: ['Our side', 'プラットフォーム側の問題', '플랫폼 쪽의 문제'],
} as const satisfies Readonly<Record<(typeof errors)[Refusal]['type'], Words>>
