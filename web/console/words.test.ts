// Goal: nobody at the console meets a missing string, a sentence with a hole in it, or a filter or
//   a state that has no name in their language.
// Method: every table of words, language by language, against English; every list's filters and
//   their choices, as the contract has them, against the words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallName } from '@warifu/protocol/contract'
import { errors } from '@warifu/protocol/errors'
import type { Words } from '@warifu/web/kit'
import { shownAs } from './browser/act-fields.ts'
import { filtersOf } from './browser/asked-of.ts'
import { endpointOf } from './browser/calling.ts'
import { reasonOf } from './browser/reason-of.ts'
import { sections } from './browser/sections.ts'
import { accountWords } from './browser/words-accounts.ts'
import { actWords } from './browser/words-acts.ts'
import { auditWords } from './browser/words-audit.ts'
import { cardWords } from './browser/words-cards.ts'
import { chartWords } from './browser/words-charts.ts'
import { declineWords } from './browser/words-declines.ts'
import { emptyWords } from './browser/words-empty.ts'
import { fieldWords } from './browser/words-fields.ts'
import { keyWords } from './browser/words-keys.ts'
import { listWords } from './browser/words-list.ts'
import { moneyWords } from './browser/words-money.ts'
import { orderWords } from './browser/words-orders.ts'
import { paymentWords } from './browser/words-payment.ts'
import { peopleWords } from './browser/words-people.ts'
import { ruleWords } from './browser/words-rules.ts'
import { shellWords } from './browser/words-shell.ts'
import { shopWords } from './browser/words-shop.ts'
import { isStateWord, stateWords } from './browser/words-states.ts'
import { stepWords } from './browser/words-steps.ts'
import { xrayWords } from './browser/words-xray.ts'

const tables: Readonly<Record<string, Words>> = {
  accountWords,
  actWords,
  auditWords,
  cardWords,
  chartWords,
  declineWords,
  emptyWords,
  fieldWords,
  keyWords,
  listWords,
  moneyWords,
  orderWords,
  paymentWords,
  peopleWords,
  ruleWords,
  shellWords,
  shopWords,
  stateWords,
  stepWords,
  xrayWords,
}
/** Lists that stand within a page. */
const inside = [
  'findAccounts',
  'findBureaus',
  'listAdjustments',
  'listLedgerAlerts',
  'findApplications',
  'findCardholders',
  'listIncrements',
  'listDifferences',
  'listSettlementItems',
  'listMerchantDeliveries',
  'listWebhookDeliveries',
] as const

type Schema = {
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
}
const rowOf = (read: CallName) => {
  const answer: Schema = endpointOf(read).answer
  return answer.properties?.['data']?.items?.properties
}
const lists = [...sections.flatMap((section) => section.reads), ...inside].filter(rowOf)

/** Names that are the same in every language. */
const same = new Set(['Webhook', 'ID', 'Id'])

const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()

for (const language of ['ja', 'ko'] as const) {
  for (const [name, words] of Object.entries(tables))
    test(`every word of ${name} is said in ${language}, with the same places to fill`, () => {
      const spoken = words[language]
      assert.deepEqual(Object.keys(spoken).sort(), Object.keys(words.en).sort())
      for (const [word, english] of Object.entries(words.en)) {
        const text = spoken[word] ?? ''
        assert.match(english, /\S/, word)
        assert.match(text, /\S/, word)
        if (!same.has(english)) assert.notEqual(text, english, word)
        assert.deepEqual(placesOf(text), placesOf(english), word)
      }
    })
}

test('every filter of every list has a name, and each of its choices', () => {
  const fields: Readonly<Record<string, string>> = fieldWords.en
  let count = 0
  for (const read of lists)
    for (const { name, choices } of filtersOf(read)) {
      count += 1
      assert.ok(fields[name], `${read}: ${name}`)
      for (const choice of choices) assert.ok(isStateWord(choice), `${read}: ${name}=${choice}`)
    }
  assert.ok(count > 5, 'filters were looked at')
})

const fieldsOf = (name: CallName): string[] => {
  const body: Schema = endpointOf(name).body ?? {}
  return Object.keys(body.properties ?? {})
}

test('every field of an act of two persons has a name where the second person reads it', () => {
  // Whose it is, the act's own subject says.
  for (const name of ['changeProgram', 'fundCard', 'makeAdjustment', 'makeXrayLink'] as const)
    for (const field of fieldsOf(name).filter((one) => one !== 'merchant' && one !== 'card'))
      assert.ok(shownAs[field], `${name}: ${field}`)
})

/** Fields of rows that are shown as words. */
const worded = new Set([
  'act',
  'entry',
  'funding',
  'kind',
  'presentment',
  'protected_by',
  'reported',
  'state',
  'status',
  'usage',
])

const wordsIn = ({ enum: values = [], anyOf = [] }: Schema): string[] => [
  ...values,
  ...anyOf.flatMap(wordsIn),
]

test('every state that a row of a list can have is a word', () => {
  let count = 0
  for (const read of lists) {
    for (const [field, schema] of Object.entries(rowOf(read) ?? {}))
      for (const state of worded.has(field) ? wordsIn(schema) : []) {
        count += 1
        assert.ok(isStateWord(state), `${read}: ${field} ${state}`)
      }
  }
  assert.ok(count > 50, 'states were looked at')
})

test('a refusal is said in words to whoever works here; an unknown one is shown as it is', () => {
  for (const code of Object.keys(errors))
    for (const language of ['ja', 'ko'] as const) {
      assert.match(reasonOf(code, language), /\S/, code)
      assert.notEqual(reasonOf(code, language), reasonOf(code, 'en'), code)
    }
  assert.equal(reasonOf('no_such_code', 'ja'), 'no_such_code')
})
