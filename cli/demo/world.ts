/** What a journey of the demo stands in: real processes, a merchant, and people with terminals. */

import { setTimeout as sleep } from 'node:timers/promises'
import { platformClock } from '@warifu/cli/platform-clock'
import type { Sandbox } from '@warifu/cli/sandbox'
import { softwareNeeds } from '@warifu/cli/software-terminal'
import { createTerminal, type Terminal, type TerminalNeeds } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Presentment } from '@warifu/protocol/objects'
import { type Api, callApi, type Fetch } from '@warifu/sdk/api-call'
import { createWarifu, type Warifu } from '@warifu/sdk/sdk'
import type { Checks } from './checks.ts'
import { recordTraffic, type Traffic } from './traffic.ts'

/** Of a sandbox, what a journey needs: it may run in another process. */
export type Place = Pick<
  Sandbox,
  | 'home'
  | 'url'
  | 'walletOrigin'
  | 'seed'
  | 'operator'
  | 'logs'
  | 'serverDatabase'
  | 'vaultDatabase'
>

export type World = {
  readonly sandbox: Place
  readonly traffic: Traffic
  readonly merchant: Warifu
  readonly program: Id<'prg'>
  /** An entry device as its merchant sees it. */
  readonly entryDevice: (id: Id<'edv'>) => Promise<Reply<'getEntryDevice'>>
  /** A new terminal of nobody yet; `wrap` puts somebody between it and the platform. */
  readonly person: (wrap?: (fetch: Fetch) => Fetch) => Person
  /** The newest code that left by SMS for this number. */
  readonly codeFor: (phone: string) => Promise<string>
  /** A phone number that no journey had before. */
  readonly newPhone: () => string
}
export type Person = { readonly terminal: Terminal; readonly needs: TerminalNeeds }

/** One row of the demo: a published system, or one scheme of it. */
export type System = {
  readonly id: string
  readonly title: string
  /** Where the docs show its X-ray: the first payment that was asked for so is drawn. */
  readonly drawn?: Presentment
  /** Answers with what each party could read, taken from what it held. */
  readonly run: (world: World, checks: Checks) => Promise<readonly Reader[]>
  /** The same journey with one thing wrong: it must not succeed. */
  readonly saboteurs: readonly Saboteur[]
}
/** Who held what of a card at the end, and whether its number was in it. */
export type Reader = { readonly who: string; readonly held: string; readonly number: boolean }

export type Saboteur = {
  readonly name: string
  /** The codes with which the journey may end. */
  readonly expects: readonly string[]
  readonly run: (world: World, checks: Checks) => Promise<void>
}

/** `alone`: each request on a connection of its own, so that any of several servers gets it. */
export function createWorld(sandbox: Place, { alone = false } = {}): World {
  const traffic = recordTraffic(alone ? { connection: 'close' } : {})
  const apiOf = (party: 'terminal' | 'merchant'): Api => ({
    fetch: traffic.fetchOf(party),
    apiUrl: sandbox.url,
  })
  const { program, api_key } = sandbox.seed
  if (!isId('prg', program)) throw new Error('the seed names no program')
  let phones = 0
  return {
    sandbox,
    traffic,
    merchant: createWarifu({ ...apiOf('merchant'), apiKey: api_key }),
    program,
    entryDevice: (id) =>
      callApi(apiOf('merchant'), 'getEntryDevice', {
        params: { id },
        headers: { authorization: `Bearer ${api_key}` },
      }),
    person: (wrap = (fetch) => fetch) => {
      const api = apiOf('terminal')
      const needs = softwareNeeds({
        ...api,
        fetch: wrap(api.fetch),
        origin: sandbox.walletOrigin,
        nowMs: platformClock(sandbox.home),
      })
      return { needs, terminal: createTerminal(needs) }
    },
    codeFor: (to) => readCode({ fetch, apiUrl: sandbox.url }, to),
    newPhone: () => {
      phones += 1
      return `+8190${String(12_340_000 + phones)}`
    },
  }
}

const INBOX_MS = 30_000

/** The code that leaves by SMS, moments after it was asked for. */
async function readCode(api: Api, to: string): Promise<string> {
  const deadline = Date.now() + INBOX_MS
  for (;;) {
    const { data } = await callApi(api, 'listInbox', { query: { to, limit: 1 } })
    const [code] = /\b[0-9]{6}\b/.exec(data[0]?.text ?? '') ?? []
    if (code !== undefined) return code
    if (Date.now() > deadline) throw new Error(`no code in the inbox for ${to}`)
    await sleep(50)
  }
}
