/**
 * How a person is found who did not begin: by the number that they verified, or by the code that
 * their phone shows. A number is kept as a keyed hash, a code as a hash; a code is used once.
 */
import { createHash } from 'node:crypto'
import type { CappedCodeBody } from '@warifu/protocol/capped-code'
import { done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Store, Tx } from '#store'
import type { TerminalCall } from './call.ts'
import { cappedFor, newCapped } from './capped.ts'
import type { Work } from './once.ts'

/** Whom to ask, and where. */
export type Found = { readonly terminal: Id<'trm'>; readonly cardholder: Id<'chl'> }

type Needs = {
  readonly store: Store
  /** Keyed derivation under the server's own key: 32 bytes for these words. */
  readonly derive: (...words: readonly string[]) => Uint8Array
}

/** How long a code may be shown; a till that reads it later finds nobody. */
const CODE_MS = 60_000
/** Used and late codes are kept a day, for whoever asks what became of one. */
const KEPT_MS = 86_400_000

export type Directory = ReturnType<typeof createDirectory>

export function createDirectory(needs: Needs) {
  const hashOf = (e164: string) => needs.derive('number/1', e164)
  /** What these signed bytes asked for: derived, so that no database holds it. */
  const codeOf = ({ digest }: TerminalCall) =>
    needs.derive('code/1', Buffer.from(digest).toString('hex')).subarray(0, 16)
  return {
    /** What a number is kept and found by. */
    hashOf,
    keep: (tx: Tx, { e164, ...owner }: NewNumber) => keepNumber(tx, hashOf(e164), owner),
    byNumber,
    codeOf,
    newCode: (call: TerminalCall, nowMs: number) => newCode(call, hashOfCode(codeOf(call)), nowMs),
    /** A code that this phone made, which pays up to the cap in what was signed. */
    newCapped: (call: TerminalCall, body: CappedCodeBody, nowMs: number) =>
      newCapped(call, body, { codeMs: CODE_MS, nowMs }),
    cappedFor,
    hashOfCode,
    redeem,
    tick: (nowMs: number) => forgetCodes(needs.store, nowMs),
  }
}

type Owner = { readonly cardholder: Id<'chl'>; readonly nowMs: number }
export type NewNumber = Owner & { readonly e164: string }

/** A number that was verified is this person's from now on, whoever had it before. */
async function keepNumber(tx: Tx, hash: Uint8Array, { cardholder, nowMs }: Owner): Promise<void> {
  await tx`
    insert into terminals.number (hash, cardholder, created_ms)
    values (${hash}, ${cardholder}, ${nowMs})
    on conflict (hash) do update
       set cardholder = excluded.cardholder, created_ms = excluded.created_ms`
}

/** The newest active terminal of whoever has this number. */
async function byNumber(db: Db, hash: Uint8Array): Promise<Found | undefined> {
  const [found] = await db<Found[]>`
    select t.id as terminal, t.cardholder
      from terminals.number n
      join terminals.terminal t on t.cardholder = n.cardholder
     where n.hash = ${hash} and t.status = 'active'
     order by t.id desc limit 1`
  return found
}

const hashOfCode = (code: Uint8Array): Buffer => createHash('sha256').update(code).digest()

/** A code for the terminal to show: work of `terminals.once`; answers with its deadline. */
const newCode = (
  { terminal, cardholder }: TerminalCall,
  hash: Uint8Array,
  nowMs: number,
): Work<null, number> => ({
  gather: async () => done(null),
  record: async (tx) => {
    const deadlineMs = nowMs + CODE_MS
    await tx`
      insert into terminals.code (hash, terminal, cardholder, deadline_ms)
      values (${hash}, ${terminal}, ${cardholder}, ${deadlineMs})`
    return done(deadlineMs)
  },
})

type Redeeming = {
  readonly hash: Uint8Array
  readonly payment: Id<'pay'>
  /** When the till read it. */
  readonly atMs: number
}

/** Uses a code up, in one statement: whose phone shows it; undefined where it is of no use. */
async function redeem(db: Db, { hash, payment, atMs }: Redeeming): Promise<Found | undefined> {
  const [found] = await db<Found[]>`
    update terminals.code c set payment = ${payment}
      from terminals.terminal t
     where c.hash = ${hash} and c.payment is null and c.deadline_ms > ${atMs}
       and t.lane = store.lane_of(c.terminal) and t.id = c.terminal and t.status = 'active'
    returning c.terminal, c.cardholder`
  return found
}

async function forgetCodes({ sql }: Store, nowMs: number): Promise<void> {
  await sql`
    delete from terminals.code where hash in (
      select hash from terminals.code where deadline_ms < ${nowMs - KEPT_MS} limit 1000)`
}
