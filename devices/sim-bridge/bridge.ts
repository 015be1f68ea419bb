/**
 * The bridge between the wallet's page and the SIM (KR100451174B1, fig. 4): it reads the record,
 * seals it, and answers for it beside the SIM. The page gets ciphertext; the PIN is typed into the
 * bridge's own window, for the page's scripts come from the platform, which must never learn it.
 */
import type { KeyObject } from 'node:crypto'
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import type { SimLink, SimStatement } from '@warifu/protocol/sim'
import type { BridgeAnswer, BridgeBody, BridgeCall } from '@warifu/protocol/sim-bridge'
import { BridgeError } from './bridge-error.ts'
import type { Pairing, Pairings } from './pairings.ts'
import type { Questions } from './questions.ts'
import {
  choose,
  companyOf,
  digitsBeside,
  type SimInUse,
  selectorOf,
  writtenCards,
} from './sim-in-use.ts'
import { digestOf, seal, thumbprintOf, vouch } from './vouching.ts'

export type BridgeNeeds = {
  readonly sim: SimInUse
  readonly questions: Questions
  readonly pairings: Pairings
  /** The bridge's own signing key, and its public half as a point. */
  readonly key: KeyObject
  readonly point: Uint8Array
  readonly keyPair: () => HpkeKeyPair
  readonly nowMs: () => number
}

/** Who calls: a page of this origin, and what was agreed with it, if anything was. */
export type From = { readonly origin: string; readonly pairing: Pairing | undefined }

export type Bridge = {
  readonly [C in BridgeCall]: (body: BridgeBody<C>, from: From) => Promise<BridgeAnswer<C>>
}

export function createBridge(needs: BridgeNeeds): Bridge {
  let isBusy = false
  /** One at a time: there is one SIM, and one person before it. */
  const alone =
    <B, A>(work: (body: B, from: From) => Promise<A>) =>
    async (body: B, from: From): Promise<A> => {
      if (isBusy) throw new BridgeError('busy')
      isBusy = true
      try {
        return await work(body, from)
      } finally {
        isBusy = false
        needs.questions.done()
      }
    }
  return {
    pair: alone(async ({ terminal }, { origin }) => {
      await needs.questions.ask({ kind: 'pair', origin }).catch(asPairing)
      return { token: await needs.pairings.add({ origin, terminal }) }
    }),
    sim: alone(() => look(needs)),
    link: alone(({ card }, from) => link(needs, pairedWith(from), card)),
    pay: alone((body) => pay(needs, body)),
    digits: alone(async ({ choice, digits }) => ({
      number: await needs.sim.writeDigits('PIN', choice, digits),
    })),
  }
}

function asPairing(error: unknown): never {
  const isNo = error instanceof BridgeError && error.code === 'cancelled'
  throw isNo ? new BridgeError('pairing_refused') : error
}

function pairedWith({ pairing }: From): Pairing {
  if (pairing === undefined) throw new BridgeError('not_paired')
  return pairing
}

async function look({ sim, point }: BridgeNeeds): Promise<BridgeAnswer<'sim'>> {
  const { iccid, reader, isPinOpen, triesLeft } = await sim.look()
  const cards = isPinOpen ? writtenCards(await sim.entries('')) : []
  return {
    iccid,
    reader,
    pin: isPinOpen ? 'open' : triesLeft === 0 ? 'blocked' : 'needed',
    tries_left: triesLeft,
    bridge: thumbprintOf(point),
    cards: cards.map((entry) => ({ number: entry.number, selector: selectorOf(entry) })),
  }
}

/** The SIM answers after its PIN: that, with the passkey, is what lets this phone use it. */
async function link(
  { sim, key, point, nowMs }: BridgeNeeds,
  { terminal }: Pairing,
  card: SimLink['card'],
): Promise<BridgeAnswer<'link'>> {
  const statement: SimLink = {
    iccid: await sim.iccid(),
    terminal,
    bridge_key: jwkOfPoint(point),
    card,
    at: new Date(nowMs()).toISOString(),
  }
  await sim.entries(terminal)
  const { authenticate } = sim
  return { statement, voucher: await vouch({ label: 'link', statement, key, authenticate }) }
}

async function pay(
  { sim, key, keyPair, nowMs }: BridgeNeeds,
  { sim: id, content, choice, with_digits }: BridgeBody<'pay'>,
): Promise<BridgeAnswer<'pay'>> {
  const entries = await sim.entries(aboutOf(content))
  const card = choose(entries, choice)
  const company = companyOf(entries, selectorOf(card))
  const context = { sim: id, content_digest: digestOf(content) }
  const sealed = (purpose: 'sim-record' | 'sim-digits', plain: Uint8Array) =>
    seal({ company, purpose, plain, context, ephemeral: keyPair(), nowMs: nowMs() })
  const two = with_digits ? digitsBeside(entries, card) : undefined
  const record = sealed('sim-record', card.bytes)
  const digits = two === undefined ? null : sealed('sim-digits', two.bytes)
  const statement: SimStatement = {
    content,
    sim: id,
    record_digest: digestOf(record),
    digits_digest: digits === null ? null : digestOf(digits),
  }
  const { authenticate } = sim
  const voucher = await vouch({ label: 'pay', statement, key, authenticate })
  wipe(entries)
  return { statement, record, digits, voucher }
}

/** What the bridge's own window shows: who is paid, and how much. */
const aboutOf = ({ payee, amount, currency }: BridgeBody<'pay'>['content']): string =>
  `${payee.name}: ${amount} ${currency.toUpperCase()}`

function wipe(entries: Awaited<ReturnType<SimInUse['entries']>>): void {
  for (const { bytes } of [...entries.cards, ...entries.digits]) bytes.fill(0)
}
