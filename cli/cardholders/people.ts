/**
 * The sandbox's test cardholders: real terminals in software with real keys, made through the same
 * API as anybody's. Whoever is in the table is made at the first start; a card when it is needed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { softwareNeeds } from '@warifu/cli/software-terminal'
import { openWalletFile } from '@warifu/cli/wallet-file'
import { createTerminal, queueTurns, type Terminal, type Turns } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import {
  type TestCardholderName,
  type TestCardName,
  testCardholders,
  testCards,
} from '@warifu/protocol/test-outcomes'
import { type Api, callApi } from '@warifu/sdk/api-call'

export type Person = {
  readonly name: TestCardholderName
  readonly terminal: Terminal
  /** The id of this card of theirs, which is made where there is none yet. */
  readonly cardOf: (card: TestCardName) => Promise<Id<'crd'>>
  /** One thing after the other, as people do. */
  readonly turn: Turns
  /** The cards that were made so far. */
  readonly cards: () => ReadonlyMap<TestCardName, Id<'crd'>>
}

export type Place = {
  readonly api: Api
  readonly origin: string
  /** Keys and state of their phones lie there, readable: a sandbox's. */
  readonly folder: string
  readonly nowMs: () => number
  /** Which card is which, from one start to the next. */
  readonly notes: Notes
}

export type Notes = {
  readonly read: (name: TestCardholderName) => Promise<Partial<Record<TestCardName, Id<'crd'>>>>
  readonly write: (
    name: TestCardholderName,
    cards: Partial<Record<TestCardName, Id<'crd'>>>,
  ) => Promise<void>
}

/** Of the table, or of before. */
export async function makePerson(place: Place, name: TestCardholderName): Promise<Person> {
  const { api, origin, folder, nowMs, notes } = place
  const { store, keeper, turns } = openWalletFile(folder, name, origin)
  const needs = softwareNeeds({ ...api, origin, store, keeper, turns, nowMs })
  const terminal = createTerminal(needs)
  const { cardholder, terminal: phone } = await terminal.state()
  if (cardholder === null) await terminal.join(name.toUpperCase())
  if (phone === null) await terminal.enrol()
  const kept = new Map(Object.entries(await notes.read(name))) as Map<TestCardName, Id<'crd'>>
  const making = new Map<TestCardName, Promise<Id<'crd'>>>()
  const make = async (card: TestCardName) => {
    const made = await takeCard(place, { terminal, name, card })
    kept.set(card, made)
    await notes.write(name, Object.fromEntries(kept))
    return made
  }
  const cardOf = (card: TestCardName): Promise<Id<'crd'>> => {
    const known = kept.get(card)
    if (known !== undefined) return Promise.resolve(known)
    const made = making.get(card) ?? make(card).finally(() => making.delete(card))
    making.set(card, made)
    return made
  }
  await cardOf('ample')
  return { name, terminal, cardOf, turn: queueTurns(), cards: () => kept }
}

type Taking = {
  readonly terminal: Terminal
  readonly name: TestCardholderName
  readonly card: TestCardName
}

const applicant = {
  birth_date: '1990-04-01',
  annual_income: 5_000_000,
  employment: 'employed',
} as const

async function takeCard({ api }: Place, { terminal, name, card }: Taking): Promise<Id<'crd'>> {
  const { program, ...wanted } = { funded: 0, frozen: false, ...testCards[card] }
  const { data } = await callApi(api, 'listPrograms', { query: { limit: 100 } })
  const offered = data.find((one) => one.name === program)
  if (offered === undefined) throw new Error(`this sandbox offers no ${program}`)
  const { id } = await terminal.apply(offered.id, { ...applicant, name: name.toUpperCase() })
  const isPhone = offered.verification_methods.includes('phone')
  if (isPhone) await showPhone(api, terminal, { id, phone: testCardholders[name].phone })
  else await terminal.show(id, { method: 'registered_terminal' })
  await decided(terminal, id)
  const { id: made } = await terminal.install(id)
  if (wanted.frozen) await terminal.suspend(made)
  if (wanted.funded > 0) {
    const body = { amount: wanted.funded, currency: 'jpy', reference: `test cardholder ${made}` }
    await callApi(api, 'fundCardAlone', { params: { id: made }, body })
  }
  return made
}

type Showing = { readonly id: Id<'app'>; readonly phone: string }

async function showPhone(api: Api, terminal: Terminal, { id, phone }: Showing): Promise<void> {
  const newest = async () =>
    (await callApi(api, 'listInbox', { query: { to: phone, limit: 1 } })).data[0]
  const before = await newest()
  const verification = await terminal.startPhone(id, phone)
  const code = await soon(async () => {
    const last = await newest()
    return last?.id === before?.id ? undefined : /\b[0-9]{6}\b/.exec(last?.text ?? '')?.[0]
  })
  await terminal.answerCode(verification.id, code)
}

/** A credit bureau may take a moment. */
const decided = (terminal: Terminal, id: Id<'app'>) =>
  soon(async () => ((await terminal.application(id)).status === 'approved' ? true : undefined))

const PATIENCE = 400

async function soon<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let patience = PATIENCE; patience > 0; patience -= 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error('the sandbox did not answer a test cardholder in time')
}
