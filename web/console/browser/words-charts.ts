/** What the overview says around its charts. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  asNumbers: ['As numbers', '数値で見る', '숫자로 보기'],
  place: ['Time', '時刻', '시각'],
  window: ['Shown', '表示範囲', '표시 범위'],
  hour: ['Last hour', '直近1時間', '최근 1시간'],
  day: ['Last day', '直近24時間', '최근 24시간'],
  month: ['Last month', '直近1か月', '최근 한 달'],
  live: ['Live', '自動更新', '실시간'],
  volume: ['Volume', '取引額', '거래액'],
  volumeSays: [
    '{amount} captured in {count} payments.',
    '{count}件の支払いで{amount}が確定しました。',
    '{count}건의 결제에서 {amount}이 매입되었습니다.',
  ],
  payments: ['Payments', '支払い件数', '결제 건수'],
  approval: ['Approval rate', '承認率', '승인율'],
  approvalSays: [
    '{share} of {count} decided payments were approved.',
    '判定された{count}件のうち{share}が承認されました。',
    '판정된 {count}건 가운데 {share}이 승인되었습니다.',
  ],
  nothingDecided: [
    'Nothing was decided in this time.',
    'この期間に判定はありませんでした。',
    '이 기간에 판정이 없었습니다.',
  ],
  nothingApproved: [
    'No payment was approved in this time.',
    'この期間に承認された支払いはありません。',
    '이 기간에 승인된 결제가 없습니다.',
  ],
  nothingTimed: [
    'No decision was timed in this time.',
    'この期間に時間を計った判定はありません。',
    '이 기간에 시간을 잰 판정이 없습니다.',
  ],
  declines: ['Why payments were declined', '拒否の理由', '거절된 이유'],
  declinesSays: ['{count} declined.', '拒否は{count}件です。', '거절은 {count}건입니다.'],
  noDeclines: [
    'No payment was declined.',
    '拒否された支払いはありません。',
    '거절된 결제가 없습니다.',
  ],
  latency: ['Time to decide', '判定までの時間', '판정까지 걸린 시간'],
  latencySays: [
    'Half within {p50}, all but one in a hundred within {p99}.',
    '半分は{p50}以内、100件のうち99件は{p99}以内です。',
    '절반은 {p50} 안에, 100건 가운데 99건은 {p99} 안에.',
  ],
  approved: ['Approved', '承認', '승인'],
  captured: ['Captured', '確定', '매입'],
  ms: ['{ms} ms', '{ms} ミリ秒', '{ms} 밀리초'],
} as const satisfies Rows

export type ChartWord = keyof typeof rows
export const chartWords = wordsOf(rows)
