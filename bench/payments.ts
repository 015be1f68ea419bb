/** Payments for the benchmark: holders with cards; payments made, claimed, signed beforehand. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '@warifu/cli/sandbox'
import { createSoftwareTerminal } from '@warifu/cli/software-terminal'
import {
  type Claim,
  type SignedRequest,
  statementOf,
  type Terminal,
} from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { callApi } from '@warifu/sdk/api-call'
import { createWarifu } from '@warifu/sdk/sdk'
import type { Queue } from './sending.ts'

export type Holder = { readonly terminal: Terminal; readonly card: Id<'crd'> }

const AT_ONCE = 16

/** Does `work` for every item, a few at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** Their numbers follow one another; a sandbox that is used again needs others. */
export async function makeHolders(
  sandbox: Sandbox,
  count: number,
  first = 12_340_001,
): Promise<Holder[]> {
  const holders: Holder[] = []
  const phones = Array.from({ length: count }, (_, at) => `+8190${first + at}`)
  await forEach(phones, async (phone) => void holders.push(await becomeHolder(sandbox, phone)))
  return holders
}

async function becomeHolder(sandbox: Sandbox, phone: string): Promise<Holder> {
  const { url, walletOrigin } = sandbox
  const terminal = createSoftwareTerminal({ fetch, apiUrl: url, origin: walletOrigin })
  await terminal.join('AIKO')
  await terminal.enrol()
  return takeCard(sandbox, terminal, { phone, scheme: 'double_sealed' })
}

/** The same terminals, each with one more card, of this scheme. */
export async function withCards(
  sandbox: Sandbox,
  holders: readonly Holder[],
  scheme: Scheme,
): Promise<Holder[]> {
  const found: Holder[] = []
  const phones = holders.map((_, at) => `+8190${22_340_001 + at}`).values()
  await forEach(holders, async ({ terminal }) => {
    const phone = phones.next().value ?? ''
    found.push(await takeCard(sandbox, terminal, { phone, scheme }))
  })
  return found
}

type Taking = { readonly phone: string; readonly scheme: Scheme }

async function takeCard(
  { url, seed }: Sandbox,
  terminal: Terminal,
  { phone, scheme }: Taking,
): Promise<Holder> {
  if (!isId('prg', seed.program)) throw new Error('the seed names no program')
  const facts = { name: 'AIKO', birth_date: '1990-04-01', annual_income: 5_000_000 }
  const { id } = await terminal.apply(seed.program, { ...facts, employment: 'employed' }, scheme)
  const verification = await terminal.startPhone(id, phone)
  await terminal.answerCode(verification.id, await codeFor(url, phone))
  return { terminal, card: (await terminal.install(id)).id }
}

/** The code that left by SMS; it may be a moment on its way. */
async function codeFor(apiUrl: string, to: string): Promise<string> {
  for (let patience = 50; patience > 0; patience -= 1) {
    const { data } = await callApi({ fetch, apiUrl }, 'listInbox', { query: { to, limit: 1 } })
    const [code] = /\b[0-9]{6}\b/.exec(data[0]?.text ?? '') ?? []
    if (code !== undefined) return code
    await sleep(100)
  }
  throw new Error(`no code in the inbox for ${to}`)
}

/** `asserted`: the passkey vouches for each payment too, as for amounts that are not small. */
export type Wanted = { readonly each: number; readonly asserted: boolean }

export async function prepareQueues(
  { url, seed }: Sandbox,
  holders: readonly Holder[],
  wanted: Wanted,
): Promise<Queue[]> {
  const merchant = createWarifu({ apiUrl: url, apiKey: seed.api_key })
  const queues: Queue[] = []
  await forEach(holders, async (holder) => {
    const claims: Claim[] = []
    for (let at = 0; at < wanted.each; at += 1) {
      const { link } = await merchant.payments.create(asked)
      claims.push(await holder.terminal.claim(link ?? ''))
    }
    queues.push(await presentationsOf(holder, claims, wanted))
  })
  return queues
}
const asked = { amount: 1, currency: 'jpy', capture_method: 'manual', expires_in: 3600 } as const

async function presentationsOf(
  { terminal, card }: Holder,
  claims: readonly Claim[],
  { asserted }: Wanted,
): Promise<Queue> {
  const queue: SignedRequest[] = []
  for (const claim of claims) {
    const { scheme, blob } = await terminal.shownFor(card, claim.content)
    const statement = await statementOf(claim, { card, blob, scheme })
    const assertion = asserted ? { assertion: await terminal.vouchFor(statement) } : {}
    const body = { statement, blob, ...assertion }
    queue.push(await terminal.prepare('presentCard', { params: { id: claim.payment }, body }))
  }
  return queue
}
