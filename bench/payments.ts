/**
 * Payments for the benchmark: holders with cards, payments made, claimed and signed beforehand, and
 * a closed loop that only sends. A terminal's requests go in the order of its counter.
 */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '@warifu/cli/sandbox'
import { createSoftwareTerminal } from '@warifu/cli/software-terminal'
import { type SignedRequest, statementOf, type Terminal } from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { createWarifu } from '@warifu/sdk/sdk'

type Holder = { readonly terminal: Terminal; readonly card: Id<'crd'> }

const AT_ONCE = 8

/** Does `work` for every item, a few at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

export async function makeHolders(sandbox: Sandbox, count: number): Promise<Holder[]> {
  const holders: Holder[] = []
  const phones = Array.from({ length: count }, (_, at) => `+8190${12_340_001 + at}`)
  await forEach(phones, async (phone) => void holders.push(await becomeHolder(sandbox, phone)))
  return holders
}

async function becomeHolder(sandbox: Sandbox, phone: string): Promise<Holder> {
  const { url, walletOrigin, seed } = sandbox
  if (!isId('prg', seed.program)) throw new Error('the seed names no program')
  const terminal = createSoftwareTerminal({ fetch, apiUrl: url, origin: walletOrigin })
  await terminal.join('AIKO')
  await terminal.enrol()
  const facts = { name: 'AIKO', birth_date: '1990-04-01', annual_income: 5_000_000 }
  const { id } = await terminal.apply(seed.program, { ...facts, employment: 'employed' })
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

/** The presentations of one terminal, in the order of their counters. */
export type Queue = readonly SignedRequest[]

export async function prepareQueues(
  { url, seed }: Sandbox,
  holders: readonly Holder[],
  each: number,
): Promise<Queue[]> {
  const merchant = createWarifu({ apiUrl: url, apiKey: seed.api_key })
  const body = { amount: 1, currency: 'jpy', capture_method: 'manual' } as const
  const queues: Queue[] = []
  await forEach(holders, async ({ terminal, card }) => {
    const blob = await terminal.blobOf(card)
    const queue: SignedRequest[] = []
    const claims = []
    for (let at = 0; at < each; at += 1) {
      const { link } = await merchant.payments.create(body)
      claims.push(await terminal.claim(link ?? ''))
    }
    for (const claim of claims) {
      const body = { statement: await statementOf(claim, { card, blob }), blob }
      queue.push(await terminal.prepare('presentCard', { params: { id: claim.payment }, body }))
    }
    queues.push(queue)
  })
  return queues
}

export type Measured = { readonly payments: number; readonly perSecond: number }

/** Sends all, each connection one after the other; every answer must be a yes. */
export async function sendAll(
  url: string,
  queues: readonly Queue[],
  connections: number,
): Promise<Measured> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: connections }))
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      for (const queue of queues.filter((_, index) => index % connections === at))
        for (const one of queue) await send(url, one, agent.agent)
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const payments = queues.reduce((sum, queue) => sum + queue.length, 0)
  return { payments, perSecond: payments / seconds }
}

const disposable = (agent: Agent) => ({ agent, [Symbol.dispose]: () => agent.destroy() })

function send(url: string, { path, query, body, headers }: SignedRequest, agent: Agent) {
  const all = { ...headers, 'content-type': 'application/json' }
  return new Promise<void>((resolve, reject) => {
    const sent = request(`${url}${path}${query}`, { method: 'POST', headers: all, agent })
    sent.once('error', reject)
    sent.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', reject)
      response.once('end', () => {
        if (text.includes('"status":"authorized"')) resolve()
        else reject(new Error(`not authorized (${response.statusCode}): ${text.slice(0, 300)}`))
      })
    })
    sent.end(body)
  })
}
