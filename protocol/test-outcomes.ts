/**
 * What comes about in the sandbox, by cardholder, card and amount: the one table that its test
 * cardholders act by, docs/testing.md shows, and test/test-outcomes.test.ts plays row by row.
 * Nothing here decides a payment: it says how people behave, and what the real checks make of it.
 */
import type { Refusal } from './errors.ts'

/** `when_told`: by the test kit alone. `by_amount`: by the table below, else yes. */
type Manner = 'when_told' | 'by_amount' | 'deny' | 'ignore' | 'not_me' | 'off'
type TestCardholder = {
  readonly phone: string
  readonly manner: Manner
  readonly words: string
}

// biome-ignore format: a table reads by its columns
export const testCardholders = {
  aiko:   { phone: '+819000000001', manner: 'when_told', words: 'waits for the test kit’s word' },
  hana:   { phone: '+819000000002', manner: 'by_amount', words: 'goes by the amount; else yes' },
  daichi: { phone: '+819000000003', manner: 'deny',      words: 'says no' },
  ichika: { phone: '+819000000004', manner: 'ignore',    words: 'looks at it, does nothing' },
  riku:   { phone: '+819000000005', manner: 'not_me',    words: 'says that it was not him' },
  sora:   { phone: '+819000000006', manner: 'off',       words: 'has the phone switched off' },
} as const satisfies Record<string, TestCardholder>
export type TestCardholderName = keyof typeof testCardholders
// The table's own names, by its type.
export const testCardholderNames = Object.keys(testCardholders) as TestCardholderName[]

type TestCard = {
  readonly program: string
  /** Put on a debit card, in yen. */
  readonly funded?: number
  readonly frozen?: true
  readonly words: string
}

// biome-ignore format: a table reads by its columns
export const testCards = {
  ample:  { program: 'Warifu Campus',               words: '¥100,000, up to ¥50,000 a payment' },
  low:    { program: 'Warifu Transit', funded: 500, words: 'debit, with ¥500 on it' },
  fuel:   { program: 'Warifu Fuel',                 words: 'credit, at service stations only' },
  frozen: { program: 'Warifu Campus', frozen: true, words: 'credit, frozen by its holder' },
} as const satisfies Record<string, TestCard>
export type TestCardName = keyof typeof testCards
export const testCardNames = Object.keys(testCards) as TestCardName[]

/** What a phone may do wrong, or what may be done to it. */
export const tamperings = ['amount', 'card', 'signature', 'counter', 'lost_answer'] as const
export type Tampering = (typeof tamperings)[number]
export type TestAct = 'approve' | 'deny' | 'ignore' | 'not_me' | { readonly tamper: Tampering }

type ActByAmount = { readonly act: TestAct; readonly words: string }

/** By the last two digits of the amount, where a cardholder acts by it. */
// biome-ignore format: a table reads by its columns
export const actsByAmount: Readonly<Record<number, ActByAmount>> = {
  1: { act: 'deny',                       words: 'says no' },
  2: { act: 'ignore',                     words: 'does nothing' },
  3: { act: { tamper: 'amount' },         words: 'signs another amount' },
  4: { act: { tamper: 'card' },           words: 'one bit of the sealed card is altered' },
  5: { act: { tamper: 'signature' },      words: 'the request is altered after it was signed' },
  6: { act: { tamper: 'counter' },        words: 'the request was overtaken by a later one' },
  7: { act: { tamper: 'lost_answer' },    words: 'the phone loses its answer, and asks again' },
}
export const actFor = (amount: number): TestAct => actsByAmount[amount % 100]?.act ?? 'approve'

export type TestOutcome = {
  /**
   * `link`: the test kit presents the card. `phone`: the shop asks by number. `network`: another
   * company's card at an entry device.
   */
  readonly asked: 'link' | 'phone' | 'network'
  readonly who: TestCardholderName | 'nobody' | '4111…'
  readonly card?: TestCardName
  readonly amount: number
  /** What the phone (for `network` the shop) is told at once, where it is no plain answer. */
  readonly told?: Refusal
  readonly ends: {
    readonly status: 'authorized' | 'declined' | 'expired' | 'requires_action'
    readonly because: Refusal | null
  }
  /** Only once the payment's time is over: wait, or set the clock ahead. */
  readonly late?: true
}

const no = (because: Refusal) => ({ status: 'declined', because }) as const
const yes = { status: 'authorized', because: null } as const
const late = { ends: { status: 'expired', because: null }, late: true } as const
const silent = 'network_unavailable'
const unanswered = { told: silent, ends: no('network_timeout'), late: true } as const
const unreached = { ends: no('cardholder_not_reached'), late: true } as const

// biome-ignore format: a table reads by its columns
export const testOutcomes: readonly TestOutcome[] = [
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1200, ends: yes },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 60000, ends: no('limit_exceeded') },
  { asked: 'link',  who: 'aiko', card: 'low',    amount: 400,   ends: yes },
  { asked: 'link',  who: 'aiko', card: 'low',    amount: 1200, ends: no('insufficient_funds') },
  { asked: 'link',  who: 'aiko', card: 'fuel',   amount: 1200, ends: no('category_not_allowed') },
  { asked: 'link',  who: 'aiko', card: 'frozen', amount: 1200, ends: no('card_not_active') },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1201, ends: no('approval_denied') },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1202, ...late },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1203, told: 'approval_mismatch', ...late },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1204, told: 'blob_invalid', ...late },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1205, told: 'signature_invalid', ...late },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1206, told: 'counter_stale', ...late },
  { asked: 'link',  who: 'aiko', card: 'ample',  amount: 1207, ends: yes },
  { asked: 'phone', who: 'hana',               amount: 1200, ends: yes },
  { asked: 'phone', who: 'hana',               amount: 60000, ends: no('limit_exceeded') },
  { asked: 'phone', who: 'hana',               amount: 1201, ends: no('approval_denied') },
  { asked: 'phone', who: 'daichi',             amount: 1200, ends: no('approval_denied') },
  { asked: 'phone', who: 'ichika',             amount: 1200, ...unreached },
  { asked: 'phone', who: 'riku',               amount: 1200, ...unreached },
  { asked: 'phone', who: 'sora',               amount: 1200, ...unreached },
  { asked: 'phone', who: 'nobody',             amount: 1200, ...unreached },
  { asked: 'network', who: '4111…',              amount: 1200, ends: yes },
  { asked: 'network', who: '4111…',              amount: 1243, ends: no('card_not_active') },
  { asked: 'network', who: '4111…',              amount: 1251, ends: no('insufficient_funds') },
  { asked: 'network', who: '4111…',              amount: 1254, ends: no('card_expired') },
  { asked: 'network', who: '4111…',              amount: 1282, ends: no('security_code_wrong') },
  { asked: 'network', who: '4111…',              amount: 1291, told: silent, ends: yes },
  { asked: 'network', who: '4111…',              amount: 1296, ...unanswered },
]
