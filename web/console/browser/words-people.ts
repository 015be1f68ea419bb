/** What the pages about people and their sessions say. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  inviteLead: [
    'Somebody new is invited by who runs the house, never over HTTP:',
    '新しい人を招くのは、サーバーを運用する人だけです(HTTPでは招けません):',
    '새 사람은 서버를 운영하는 사람만 초대합니다(HTTP로는 초대할 수 없습니다):',
  ],
  yourself: ['This is you.', 'あなた自身です。', '본인입니다.'],
  end: ['End the access', '利用を終わらせる', '접근 끝내기'],
  endLead: [
    'Token, passkeys and sessions of {name} end at once. A second person must agree.',
    '{name}のトークン、パスキー、セッションがすぐに終わります。二人目の同意が必要です。',
    '{name}의 토큰, 패스키, 세션이 곧바로 끝납니다. 두 번째 사람의 동의가 필요합니다.',
  ],
  sessions: ['Your sessions', '自分のセッション', '내 세션'],
  thisOne: ['This one', 'このセッション', '이 세션'],
  endSession: ['End', '終わらせる', '끝내기'],
  opened: ['Opened {time}', '{time}に開始', '{time}에 시작'],
  byPasskey: ['by passkey', 'パスキーで', '패스키로'],
  bySandbox: ['in the sandbox', 'サンドボックスで', '샌드박스에서'],
} as const satisfies Rows

export const peopleWords = wordsOf(rows)
