/**
 * For the matrix of faults: every way in which a card comes into a payment, as its people go it,
 * with all the messages of it in their order. Whoever hears no answer does what their software
 * does: the shop asks again with the same key, the phone sends the same bytes again.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Claim, claim, type Question, showSim, type Terminal } from '@warifu/devices/terminal'
import type { Body, EndpointName, Reply } from '@warifu/protocol/contract'
import type { Presentment } from '@warifu/protocol/objects'
import { ApiError, callApi, NoAnswer, readAnswer } from '@warifu/sdk/api-call'
import { askFor, openTill } from './charging.ts'
import type { House } from './house.ts'
import { openSim, SIM_AMOUNT } from './matrix-sim.ts'
import type { Message } from './matrix-wire.ts'
import { type Holder, type People, peopleOf, phoneAt } from './people.ts'
import { openAir } from './proximity.ts'
import { openBench, PIN } from './reader-bench.ts'

export const AMOUNT = 1200

/** A cell of the matrix as its people know it. */
export type Sale = { readonly reference: string; readonly key: string }
export const newSale = (): Sale => ({ reference: randomUUID(), key: randomUUID() })

export type Journey = {
  readonly people: People
  readonly holder: Holder
  /** Unless it is AMOUNT. */
  readonly amount?: number
  /** A device of theirs has the clock on the wall, whatever the platform's says. */
  readonly hasOwnClock?: true
  /** Goes to the end; a refusal is thrown as it was told. */
  readonly run: (sale: Sale) => Promise<unknown>
  readonly close?: () => Promise<void>
}

/** A house whose people are on a wire of their own, and the place of their phone number. */
export type At = { readonly house: House; readonly place: number }
export type Row = {
  /** What is sent, each message once, in the order in which they are first sent. */
  readonly messages: readonly Message[]
  readonly open: (at: At) => Promise<Journey>
}

const TRIES = 5
const isUnsure = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiError && (error.outcome === 'unknown' || error.status >= 500))

/** Asked again, the same, until there is an answer. */
export async function surely<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      if (!isUnsure(error) || tries === TRIES) throw error
      await sleep(20)
    }
}

/** A write of a terminal: without an answer, the same bytes are sent again. */
async function written<N extends EndpointName>(
  terminal: Terminal,
  name: N,
  work: () => Promise<Reply<N>>,
): Promise<Reply<N>> {
  try {
    return await work()
  } catch (error) {
    if (!isUnsure(error)) throw error
    if ((await terminal.state()).unanswered === null) return await written(terminal, name, work)
    return await surely(async () => readAnswer(name, (await terminal.retry()).answer))
  }
}

type Asked = Pick<Reply<'createPayment'>, 'id'>
type Shop = { readonly people: People; readonly house: House }

async function ask(
  { people, house }: Shop,
  { reference, key }: Sale,
  own: Partial<Body<'createPayment'>> = {},
): Promise<Reply<'createPayment'>> {
  const fixed = { amount: AMOUNT, currency: 'jpy', capture_method: 'manual' } as const
  const body = { ...fixed, ...own, merchant_reference: reference }
  const headers = { authorization: `Bearer ${house.seed.api_key}`, 'idempotency-key': key }
  return await surely(() => callApi(people.api, 'createPayment', { body, headers }))
}

/** The terminal is asked by the clock, moments after the shop has asked; or it is over by then. */
async function questionOf({ terminal }: Holder, { id }: Asked, house: House): Promise<Question> {
  const headers = { authorization: `Bearer ${house.seed.api_key}` }
  const look = { params: { id }, headers }
  // Nobody was asked where its time had passed: so long is waited in vain, twice.
  for (let patience = 200; patience > 0; patience -= 1) {
    const all = await surely(() => terminal.questions())
    const found = all.find(({ content }) => content.subject.id === id)
    if (found !== undefined) return found
    const { status } = await callApi({ fetch, apiUrl: house.url }, 'getPayment', look)
    if (status !== 'requires_action') throw new Error(`it is ${status}`)
    await sleep(50)
  }
  throw new Error('nobody was asked')
}

async function openShop({ house, place }: At) {
  const people = peopleOf(house, place)
  return { house, people, holder: await people.become('Aiko'), phone: phoneAt(place) }
}

const verifyUser = true

/** The phone answers a question by presenting its card. */
async function answerBy({ terminal, card }: Holder, asked: Asked, house: House) {
  const question = await questionOf({ terminal, card }, asked, house)
  return await written(terminal, 'presentCard', () =>
    terminal.presentAsked(question, card, { verifyUser }),
  )
}

/** A link that was opened, and if need be once more. */
const claimedBy = (terminal: Terminal, open: () => Promise<Claim>): Promise<Claim> =>
  open().catch(async (error: unknown) => {
    if (!isUnsure(error)) throw error
    await surely(() => terminal.retry())
    return await open()
  })

const byLink: Row['open'] = async (at) => {
  const shop = await openShop(at)
  const { terminal, card } = shop.holder
  const run = async (sale: Sale) => {
    const { link } = await ask(shop, sale)
    const opened = await claimedBy(terminal, () => terminal.claim(link ?? ''))
    return written(terminal, 'presentCard', () => terminal.present(opened, card, { verifyUser }))
  }
  return { ...shop, run }
}

const byCode: Row['open'] = async (at) => {
  const shop = await openShop(at)
  const { terminal } = shop.holder
  const run = async (sale: Sale) => {
    const { code } = await written(terminal, 'createCode', () => terminal.showCode())
    const payment = await ask(shop, sale, { presentment: { kind: 'code', code } })
    return await answerBy(shop.holder, payment, at.house)
  }
  return { ...shop, run }
}

const byPhone: Row['open'] = async (at) => {
  const shop = await openShop(at)
  const presentment = { kind: 'phone', phone: shop.phone } as const
  const run = async (sale: Sale) =>
    await answerBy(shop.holder, await ask(shop, sale, { presentment }), at.house)
  return { ...shop, run }
}

/** What is typed at a till's device, by its customer or by the agent on the telephone. */
const typedAs =
  (kind: 'entry_device' | 'moto'): Row['open'] =>
  async (at) => {
    const shop = await openShop(at)
    const till = await openTill(at.house, shop.people)
    const card = await till.typed(shop.holder)
    const context = kind === 'moto' ? ({ channel: 'moto' } as const) : {}
    const run = async (sale: Sale) => {
      const message = till.message(card, { ...askFor(AMOUNT, context), key: sale.key })
      return await ask(shop, sale, { presentment: { kind, message } })
    }
    return { ...shop, run }
  }

/** The shop has heard the device in the car; its chip confirms what the phone is asked. */
const byBeacon: Row['open'] = async (at) => {
  const shop = await openShop(at)
  const { terminal, card } = shop.holder
  const air = await openAir(at.house)
  const car = await air.make('car')
  const link = await car.link()
  await terminal.pairDevice(link, { label: car.label, name: 'car', card })
  link.close()
  const run = async (sale: Sale) => {
    const code = await air.hearNew()
    const payment = await ask(shop, sale, { presentment: { kind: 'beacon', code } })
    const question = await questionOf(shop.holder, payment, at.house)
    const how = { device: car.device, number: payment.match_number ?? '', verifyUser }
    const near = await car.link()
    const confirm = () => terminal.confirmByDevice(near, question, how)
    return await written(terminal, 'presentCard', confirm).finally(() => near.close())
  }
  return { ...shop, run, close: () => air[Symbol.asyncDispose]() }
}

/** A card on plastic at the reader on its owner's phone, and its PIN. */
const byReader: Row['open'] = async ({ house, place }) => {
  const bench = await openBench(house, place)
  const { holder, people, page, hands } = bench
  const { terminal } = holder
  const { reader } = terminal
  const present: typeof reader.present = (message) =>
    written(terminal, 'presentCard', () => reader.present(message))
  const phone: Terminal = {
    ...terminal,
    reader: { ...reader, present, sale: (id) => surely(() => reader.sale(id)) },
  }
  let { card } = bench
  const run = async (sale: Sale) => {
    const presentment = { kind: 'reader', phone: holder.phone } as const
    const payment = await ask({ people, house }, sale, { presentment })
    const question = await questionOf(holder, payment, house)
    await written(terminal, 'answerApproval', () => terminal.answer(question, 'approve'))
    await page.carry(phone, payment.id)
    card = (await hands.insert(card)).card
    await page.until('pin')
    await hands.key(PIN)
    await page.until('paid')
  }
  return { people, holder, hasOwnClock: true, run, close: bench.close }
}

/** The card in a SIM, read by a bridge of its own; its company asks for digits of the PIN. */
const bySim: Row['open'] = async ({ house, place }) => {
  const people = peopleOf(house, place)
  const sim = await openSim(house, people)
  const { needs, line, terminal } = sim
  const run = async (sale: Sale) => {
    const { link } = await ask({ people, house }, sale, { amount: SIM_AMOUNT })
    const opened = await claimedBy(terminal, () => claim(needs, link ?? '', 'sim'))
    const how = { sim: sim.id, choice: { default: true as const }, verifyUser }
    for (const withDigits of [false, true])
      await written(terminal, 'presentCard', () =>
        showSim(needs, line, opened, { ...how, withDigits }),
      )
  }
  return { people, holder: { terminal, card: sim.card }, amount: SIM_AMOUNT, run, close: sim.close }
}

const byToken: Row['open'] = async (at) => {
  const shop = await openShop(at)
  const till = await openTill(at.house, shop.people)
  const asked = { ...askFor(), purpose: 'token' } as const
  const message = till.message(await till.typed(shop.holder), asked)
  const { token } = await callApi(shop.people.api, 'createToken', {
    body: { source: { kind: 'entry_device', message } },
    headers: till.headers(asked.key),
  })
  const presentment = { kind: 'token', token: token ?? '' } as const
  return { ...shop, run: (sale) => ask(shop, sale, { presentment }) }
}

const reached = ['createPayment', 'listApprovals'] as const
const linked = ['createPayment', 'claimPayment', 'presentCard'] as const

// biome-ignore format: a table reads by its columns
export const rows: Readonly<Record<Presentment, Row>> = {
  wallet:       { open: byLink, messages: linked },
  code:         { open: byCode, messages: ['createCode', ...reached, 'presentCard'] },
  phone:        { open: byPhone, messages: [...reached, 'presentCard'] },
  beacon:       { open: byBeacon, messages: [...reached, 'presentCard'] },
  sim:          { open: bySim, messages: [...linked, 'presentCard again'] },
  reader:       {
    open: byReader,
    messages: [...reached, 'answerApproval', 'getReaderSale', 'presentCard', 'presentCard again'],
  },
  entry_device: { open: typedAs('entry_device'), messages: ['createPayment'] },
  moto:         { open: typedAs('moto'), messages: ['createPayment'] },
  token:        { open: byToken, messages: ['createPayment'] },
}
