/** What an act of two persons will do, in one sentence: what the second person agrees to. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  'application.decide': [
    'The application of {name} is approved, with a credit limit of {amount}.',
    '{name}の申し込みを承認し、利用限度額を{amount}とします。',
    '{name}의 신청을 승인하고 신용 한도를 {amount}(으)로 정합니다.',
  ],
  'account.fund': [
    '{amount} is put on card ···· {last4} ({name}). It can be spent at once.',
    'カード ···· {last4}({name})に{amount}を入金します。すぐに使えるようになります。',
    '카드 ···· {last4}({name})에 {amount}을(를) 입금합니다. 바로 쓸 수 있습니다.',
  ],
  cardGiven: [
    '{amount} is given to the account of card ···· {last4} ({name}).',
    'カード ···· {last4}({name})の口座に{amount}を足します。',
    '카드 ···· {last4}({name})의 계좌에 {amount}을(를) 더합니다.',
  ],
  cardTaken: [
    '{amount} is taken from the account of card ···· {last4} ({name}).',
    'カード ···· {last4}({name})の口座から{amount}を引きます。',
    '카드 ···· {last4}({name})의 계좌에서 {amount}을(를) 뺍니다.',
  ],
  merchantGiven: [
    '{amount} is given to {name}, with its next settlement.',
    '{name}の次の精算に{amount}を足します。',
    '{name}의 다음 정산에 {amount}을(를) 더합니다.',
  ],
  merchantTaken: [
    '{amount} is taken from {name}, with its next settlement.',
    '{name}の次の精算から{amount}を引きます。',
    '{name}의 다음 정산에서 {amount}을(를) 뺍니다.',
  ],
  'program.change': [
    'These terms of {name} change for all of its cards, at once:',
    '{name}のすべてのカードについて、次の条件がすぐに変わります。',
    '{name}의 모든 카드에 대해 다음 조건이 곧바로 바뀝니다.',
  ],
  'merchant.close': [
    '{name} takes no more payments; its keys and its people’s access end. What was taken is ' +
      'settled as ever.',
    '{name}は支払いを受けられなくなり、APIキーと担当者の権限も終わります。受けた分は精算します。',
    '{name}은(는) 결제를 받지 않으며 API 키와 담당자 권한도 끝납니다. 받은 결제는 그대로 정산됩니다.',
  ],
  'operator.end': [
    '{name} can no longer sign in: token, passkeys and sessions end.',
    '{name}はログインできなくなります。トークン、パスキー、セッションはすべて終わります。',
    '{name}은(는) 더 이상 로그인할 수 없습니다. 토큰, 패스키, 세션이 모두 끝납니다.',
  ],
  'xray.link': [
    'A link is made: whoever has it reads this payment of {amount} at {name} without signing ' +
      'in, until it ends.',
    'リンクを作ります。受け取った人は期限まで、{name}でのこの支払い({amount})をログインせずに読めます。',
    '링크를 만듭니다. 받은 사람은 기한까지 {name}의 이 결제({amount})를 로그인 없이 읽을 수 있습니다.',
  ],
  someone: ['the applicant', '申込者', '신청자'],
  never: ['Never', '不要', '필요 없음'],
  rulesNow: ['Rules today', '現在のルール', '현재 규칙'],
  rulesThen: ['Rules that are asked for', '新しいルール', '요청된 규칙'],
} as const satisfies Rows

export type ActWord = keyof typeof rows
export const actWords = wordsOf(rows)
