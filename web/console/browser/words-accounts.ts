/** The kinds of account of the trial balance, in words. */
import { type Rows, wordsOf } from './table-words.ts'

const rows = {
  cardholders: ['What cardholders owe', 'カード会員の借り', '카드 이용자가 갚을 돈'],
  network: ['Other companies’ cards', '他社カード', '다른 회사 카드'],
  clearing: ['On its way between the two', '両者の間の未達', '둘 사이에서 이동 중'],
  payable: ['What merchants are owed', '加盟店に払う分', '가맹점에 줄 돈'],
  receivable: ['What merchants owe', '加盟店の借り', '가맹점이 갚을 돈'],
  due_from: ['Due from other lanes', '他レーンからの受け取り', '다른 레인에서 받을 돈'],
  due_to: ['Due to other lanes', '他レーンへの支払い', '다른 레인에 줄 돈'],
  fees: ['Fees earned', '受け取った手数料', '받은 수수료'],
  payouts: ['Paid out to banks', '銀行への振込', '은행으로 지급'],
  funding: ['Put on cards', 'カードへの入金', '카드에 입금'],
  repayments: ['Repaid by cardholders', 'カード会員の返済', '카드 이용자의 상환'],
  adjustments: ['Adjusted by hand', '手作業の調整', '수동 조정'],
} as const satisfies Rows

export const accountWords = wordsOf(rows)
export const isAccountWord = (name: string): name is keyof typeof rows => Object.hasOwn(rows, name)
