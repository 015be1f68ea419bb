/**
 * The card programs of a sandbox, for a newcomer to choose from: credit, debit, a card for fuel
 * alone, one that a person decides about, and two kinds of further card. Numbers begin with 99,
 * which no company's do.
 */
import type { NewProgram, Rule } from '#issuing'

/** The program that demos, tests and the first wallet use. */
export const CAMPUS = 'Warifu Campus'

const adult = {
  when: [{ fact: 'age', below: 18 }],
  gives: { result: 'refuse', reason: 'under_age' },
} as const satisfies Rule

// biome-ignore format: a table reads by its columns
const campusRules: readonly Rule[] = [
  adult,
  { when: [{ fact: 'employment', among: ['none'] }, { fact: 'annualIncome', below: 500_000 }],
    gives: { result: 'refuse', reason: 'income_too_low' } },
  { when: [{ fact: 'annualIncome', below: 1_000_000 }],
    gives: { result: 'review', reason: 'needs_a_person' } },
  { when: [],
    gives: { result: 'approve', reason: 'rules_met', limit: 100_000 } },
]

// biome-ignore format: a table reads by its columns
const corporateRules: readonly Rule[] = [
  adult,
  { when: [{ fact: 'bureau', among: ['unreachable'] }],
    gives: { result: 'review', reason: 'bureau_unreachable' } },
  { when: [{ fact: 'score', below: 400 }],
    gives: { result: 'refuse', reason: 'score_too_low' } },
  { when: [{ fact: 'debt', atLeast: 3_000_000 }],
    gives: { result: 'refuse', reason: 'too_much_debt' } },
  { when: [],
    gives: { result: 'review', reason: 'needs_a_person' } },
]

// biome-ignore format: a table reads by its columns
const fuelRules: readonly Rule[] = [
  adult,
  { when: [{ fact: 'bureau', among: ['unreachable'] }],
    gives: { result: 'review', reason: 'bureau_unreachable' } },
  { when: [{ fact: 'score', below: 400 }],
    gives: { result: 'refuse', reason: 'score_too_low' } },
  { when: [],
    gives: { result: 'approve', reason: 'rules_met',
             limit: { perMilleOfIncome: 20, atMost: 60_000 } } },
]

const always = (reason: 'rules_met' | 'another_card'): Rule => ({
  when: [],
  gives: { result: 'approve', reason, limit: null },
})

/** Every way to keep a card that is installed at once; the first is what most people take. */
const schemes = [
  'double_sealed',
  'terminal_sealed',
  'server_sealed',
  'payment_key',
  'activation_number',
] as const
const common = { currency: 'jpy', schemes, validityMonths: 60 } as const

/** One more card of an account that its holder has already: they prove that they have its card. */
const further = {
  ...common,
  account: 'issued_card',
  verificationMethods: ['issued_card'],
  perTransaction: 50_000n,
  perDay: 50_000n,
  perMonth: 100_000n,
  signatureOnlyMax: 0n,
  rules: [always('another_card')],
} as const satisfies Partial<NewProgram>

export const seededPrograms: readonly Omit<NewProgram, 'id'>[] = [
  { ...further, name: 'Warifu One Shop', bin: '990017', usage: 'merchant_locked' },
  { ...further, name: 'Warifu One Time', bin: '990016', usage: 'single_use' },
  {
    ...common,
    name: 'Warifu Corporate',
    bin: '990015',
    verificationMethods: ['identity_document', 'x509', 'phone', 'voice'],
    verificationNeeded: 2,
    bureau: true,
    secondAbove: 500_000n,
    perTransaction: 1_000_000n,
    perDay: 2_000_000n,
    perMonth: 5_000_000n,
    signatureOnlyMax: 0n,
    rules: corporateRules,
  },
  {
    ...common,
    name: 'Warifu Fuel',
    bin: '990014',
    verificationMethods: ['phone'],
    bureau: true,
    // Service stations, automated fuel dispensers (ISO 18245).
    controls: { categories_only: ['5541', '5542'], count_day: 3 },
    perTransaction: 15_000n,
    perDay: 30_000n,
    perMonth: 60_000n,
    signatureOnlyMax: 0n,
    rules: fuelRules,
  },
  {
    ...common,
    name: 'Warifu Transit',
    bin: '990013',
    funding: 'debit',
    verificationMethods: ['registered_terminal'],
    secondAbove: 50_000n,
    perTransaction: 20_000n,
    perDay: 50_000n,
    perMonth: 200_000n,
    signatureOnlyMax: 2_000n,
    rules: [always('rules_met')],
  },
  {
    ...common,
    name: CAMPUS,
    bin: '990012',
    verificationMethods: ['phone'],
    perTransaction: 50_000n,
    perDay: 200_000n,
    perMonth: 300_000n,
    signatureOnlyMax: 500n,
    rules: campusRules,
  },
]
