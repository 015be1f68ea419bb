/**
 * People in a house: a merchant with its API key, holders with an active card on a terminal of
 * their own, and what an attacker does with a request before it is sent.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createSoftwareTerminal } from '@warifu/cli/software-terminal'
import { signAnew } from '@warifu/cli/tampering'
import type { SignedRequest, Terminal } from '@warifu/devices/terminal'
import type { Body, Reply } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { type Api, callApi, readAnswer } from '@warifu/sdk/api-call'
import { createWarifu, type Warifu } from '@warifu/sdk/sdk'
import type { House } from './house.ts'

export type Holder = { readonly terminal: Terminal; readonly card: Id<'crd'> }
export type Asked = { readonly id: Id<'pay'>; readonly link: string }
export type People = {
  readonly api: Api
  readonly merchant: Warifu
  /** A terminal of somebody who has joined and has no card yet. */
  readonly join: (name: string) => Promise<Terminal>
  /** One more card, with an account of its own. */
  readonly takeCard: (terminal: Terminal, scheme?: Scheme) => Promise<Id<'crd'>>
  readonly become: (name: string) => Promise<Holder>
  /** The shop asks, and captures by itself only if it says so: amounts stand still until then. */
  readonly ask: (body?: Partial<Body<'createPayment'>>) => Promise<Asked>
  readonly show: (id: Id<'pay'>) => Promise<Reply<'getPayment'>>
}

/** A house, or a sandbox. */
type At = Pick<House, 'url' | 'fetch' | 'walletOrigin' | 'seed'>

/** The number of the person before whom so many have one. */
export const phoneAt = (place: number): string => `+8190${12_340_001 + place}`

/** `phones`: so many numbers are others' already. */
export function peopleOf({ url, fetch, walletOrigin, seed }: At, phones = 0): People {
  const api: Api = { fetch, apiUrl: url }
  const merchant = createWarifu({ ...api, apiKey: seed.api_key })
  let taken = phones
  const join = async (name: string) => {
    const terminal = createSoftwareTerminal({ ...api, origin: walletOrigin })
    await terminal.join(name)
    await terminal.enrol()
    return terminal
  }
  const takeCard = async (terminal: Terminal, scheme?: Scheme) => {
    taken += 1
    const phone = phoneAt(taken - 1)
    return cardFor(terminal, { api, program: seed.program, phone, scheme })
  }
  return {
    api,
    merchant,
    join,
    takeCard,
    become: async (name) => {
      const terminal = await join(name)
      return { terminal, card: await takeCard(terminal) }
    },
    ask: async (body = {}) => {
      const fixed = { amount: 1200, currency: 'jpy', capture_method: 'manual' } as const
      const { id, link } = await merchant.payments.create({ ...fixed, ...body })
      if (link === null) throw new Error('a new payment has no link')
      return { id, link }
    },
    show: (id) => merchant.payments.get(id),
  }
}

type Taking = {
  readonly api: Api
  readonly program: string
  readonly phone: string
  readonly scheme: Scheme | undefined
}

async function cardFor(
  terminal: Terminal,
  { api, program, phone, scheme }: Taking,
): Promise<Id<'crd'>> {
  if (!isId('prg', program)) throw new Error('the seed names no program')
  const applicant = {
    name: 'AIKO',
    birth_date: '1990-04-01',
    annual_income: 5_000_000,
    employment: 'employed',
  } as const
  const { id } = await terminal.apply(program, applicant, scheme)
  const verification = await terminal.startPhone(id, phone)
  await terminal.answerCode(verification.id, await codeFor(api, phone))
  return (await terminal.install(id)).id
}

/** The code that was sent by SMS, moments after it was asked for. */
export async function codeFor(api: Api, to: string): Promise<string> {
  for (let patience = 100; patience > 0; patience -= 1) {
    const { data } = await callApi(api, 'listInbox', { query: { to, limit: 1 } })
    const [code] = /\b[0-9]{6}\b/.exec(data[0]?.text ?? '') ?? []
    if (code !== undefined) return code
    await sleep(50)
  }
  throw new Error(`no code in the inbox for ${to}`)
}

export const pay = async ({ terminal, card }: Holder, link: string) =>
  terminal.present(await terminal.claim(link), card, { verifyUser: true })

export async function availableOf({ terminal, card }: Holder): Promise<number> {
  const found = (await terminal.cards()).find(({ id }) => id === card)
  if (found === undefined) throw new Error('the card is not in the list of cards')
  return found.available
}

/** The same request signed anew: with another key, a used counter, or another body. */
export const signAgain = (
  terminal: Terminal,
  request: SignedRequest,
  how: Omit<Parameters<typeof signAnew>[2], 'nowMs'>,
): Promise<SignedRequest> => signAnew(terminal, request, { ...how, nowMs: Date.now() })

/** Sends these bytes and reads the answer; refusals are thrown. */
export const sendPresent = async ({ terminal }: Holder, request: SignedRequest) =>
  readAnswer('presentCard', await terminal.send(request))
