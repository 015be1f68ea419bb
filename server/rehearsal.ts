/**
 * For tests of the rooms: a database of one's own on a real PostgreSQL, a clock and chance that a
 * test holds in its hand, and a vault that answers from a script. Nothing in the house imports it.
 */
import { createHash } from 'node:crypto'
import { type Answer, done } from '@warifu/protocol/errors'
import { type Id, type Mint, mintId } from '@warifu/protocol/ids'
import type { VaultInput, VaultOperation } from '@warifu/protocol/vault'
import postgres from 'postgres'
import type { IssuingNeeds } from '#issuing'
import { openStore, type Store } from '#store'
import {
  createDirectory,
  type Directory,
  shownAs,
  type TerminalCall,
  type Terminals,
  type Work,
} from '#terminals'
import type { VaultReply } from '#vault-client'
import { migrate } from './migrate.ts'

export { openStore }

export type Place = {
  /** The superuser's address of a cluster (WARIFU_TEST_SERVER_ADMIN_URL). */
  readonly adminUrl: string | undefined
  /** Of this test alone; part of the database's name. */
  readonly name: string
  /** A rehearsal that nobody has used yet, whose database is copied instead of made. */
  readonly copyOf?: string
}

export type Rehearsal = {
  /** Opened with the application's role: what it may not do, a test may not either. */
  readonly store: Store
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
  readonly lane: () => number
  readonly directory: Directory
  readonly close: () => Promise<void>
}

/** A migrated database that is dropped at `close`. */
export async function rehearse(
  { adminUrl, name, copyOf }: Place,
  nowMs: number,
): Promise<Rehearsal> {
  if (adminUrl === undefined) throw new Error('no cluster for tests: run them by `npm test`')
  const database = databaseOf(name)
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  await admin`drop database if exists ${admin(database)} with (force)`
  const template = copyOf === undefined ? admin`` : admin`template ${admin(databaseOf(copyOf))}`
  await admin`create database ${admin(database)} ${template}`
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  if (copyOf === undefined) await migrate(url.href, nowMs)
  url.searchParams.set('role', 'warifu_app')
  const store = openStore(url.href, 6)
  const random = chanceOf(name)
  const derive = (...words: readonly string[]) => createHash('sha256').update(words.join()).digest()
  return {
    store,
    random,
    mint: (prefix, lane = 0) => mintId({ prefix, lane, nowMs, chance: random(14) }),
    lane: () => (random(1)[0] ?? 0) % 64,
    directory: createDirectory({ store, derive }),
    close: async () => {
      await store.end()
      await admin`drop database ${admin(database)} with (force)`
      await admin.end()
    },
  }
}

export const databaseOf = (name: string) => `rehearsal_${name.replaceAll(/[^a-z0-9]/g, '_')}`

/** What issuing asks of the world, where a test asks nothing of it. */
export const quietEdges: Pick<IssuingNeeds, 'creditBureau' | 'fetchBytes' | 'follow'> = {
  creditBureau: async () => {
    throw new Error('this test has no bureau')
  },
  fetchBytes: async () => {
    throw new Error('this test has no network')
  },
  follow: async () => {},
}

/** Bytes that look like chance and are the same each time. */
export function chanceOf(seed: string): (size: number) => Uint8Array {
  let drawn = 0
  return (size) => {
    drawn += 1
    return createHash('shake256', { outputLength: size }).update(`${seed}/${drawn}`).digest()
  }
}

export type Script = {
  readonly [O in VaultOperation]?: (input: VaultInput<O>) => VaultReply<O> | Promise<VaultReply<O>>
}
export type ScriptedVault = {
  readonly call: <O extends VaultOperation>(
    operation: O,
    input: VaultInput<O>,
  ) => Promise<VaultReply<O>>
  /** What was asked, in order. */
  readonly asked: { readonly operation: VaultOperation; readonly input: object }[]
}

/** A vault that answers as its script says; what the script leaves out fails the test. */
export function scriptedVault(script: Script): ScriptedVault {
  const asked: ScriptedVault['asked'] = []
  return {
    asked,
    call: async (operation, input) => {
      asked.push({ operation, input })
      const answer = script[operation]
      if (answer === undefined) throw new Error(`the script has no ${operation}`)
      return answer(input)
    },
  }
}

export type Signed = {
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly counter: number
  /** Other words, other bytes. */
  readonly body: string
}

/** A call as the authentication door hands it on; nobody behind it looks at the signature again. */
export const callOf = ({ terminal, cardholder, counter, body }: Signed): TerminalCall => ({
  terminal,
  cardholder,
  counter: BigInt(counter),
  digest: createHash('sha256').update(`${counter}\n${body}`).digest(),
  request: {
    method: 'POST',
    path: '/v1/applications',
    query: '',
    content_digest: 'sha-256=:…:',
    counter: String(counter),
    signature_input: 'warifu=(…)',
    signature: 'warifu=:…:',
    body: Buffer.from(body).toString('base64url'),
  },
})

/**
 * `terminals.once` for looking on: the kept answer is empty, and what the work found is handed out
 * as it is (rows hold bigints, which an answer for the wire may not).
 */
export const lookingOn =
  ({ once }: Pick<Terminals, 'once'>) =>
  async <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number): Promise<Answer<T>> => {
    const found: T[] = []
    const keep = (value: T) => {
      found.push(value)
      return null
    }
    const answer = await once(call, shownAs(work, keep), nowMs)
    if (!answer.ok) return answer
    const [value] = found
    if (value === undefined) throw new Error('an answer of before: it was not looked on')
    return done(value)
  }
