/** What is said of an auditor's link to one payment's X-ray. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  title: ['X-ray of a payment', '支払いのX線写真', '결제 엑스레이'],
  make: ['Copy a read-only link', '閲覧専用リンクをコピー', '읽기 전용 링크 복사'],
  made: [
    'Copied. Whoever has the link reads this payment until {until}.',
    'コピーしました。リンクを持つ人は{until}までこの支払いを読めます。',
    '복사했습니다. 링크를 가진 사람은 {until}까지 이 결제를 읽을 수 있습니다.',
  ],
  waits: [
    'A second person must ask for it too; then the link is with the acts of two.',
    'もう一人が同じことを求めると、リンクが「二人目の確認」に出ます。',
    '다른 한 사람도 요청하면 “두 번째 확인”에 링크가 나타납니다.',
  ],
  open: ['Open it', '開く', '열기'],
  until: ['read-only, until {until}', '閲覧専用、{until}まで', '읽기 전용, {until}까지'],
  ended: [
    'This link has ended, or is not one. Ask for another.',
    'このリンクは期限切れか、正しくありません。新しいものを求めてください。',
    '이 링크는 만료되었거나 올바르지 않습니다. 새 링크를 요청하세요.',
  ],
} as const satisfies Rows

export const xrayWords = wordsOf(rows)
