/**
 * Console sessions: 32 random bytes in a cookie, kept as SHA-256; eight hours at most, half an hour
 * without a request. A session that the sandbox gave away is nobody's in live mode.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Db } from '#store'
import { type Who, type WhoId, whoIs } from './console-who.ts'

export const CONSOLE_SESSION_MS = 8 * 60 * 60 * 1000
export const CONSOLE_IDLE_MS = 30 * 60 * 1000
/** How often a session's last request is written down. */
const SEEN_EVERY_MS = 30_000

export type SessionBy = 'passkey' | 'sandbox'
export type ConsoleSession = {
  readonly session: Id<'ses'>
  readonly by: SessionBy
  readonly who: Who
  readonly expiresMs: number
  readonly idleEndsMs: number
}
/** With the cookie's text, which is readable here only. */
export type OpenedSession = ConsoleSession & { readonly token: string }

type Opening = { readonly who: Who; readonly whoId: WhoId; readonly by: SessionBy }
type Needs = { readonly mint: Mint; readonly random: (size: number) => Uint8Array }

export async function openConsoleSession(
  db: Db,
  { mint, random }: Needs,
  { who, whoId, by }: Opening,
  nowMs: number,
): Promise<OpenedSession> {
  const token = `wc_${toBase64url(random(32))}`
  const session = mint('ses')
  const expiresMs = nowMs + CONSOLE_SESSION_MS
  await db`
    insert into people.console_session
      (token_digest, id, who, by, created_ms, seen_ms, expires_ms)
    values (${digestOf(token)}, ${session}, ${whoId}, ${by}, ${nowMs}, ${nowMs}, ${expiresMs})`
  return { token, session, by, who, expiresMs, idleEndsMs: nowMs + CONSOLE_IDLE_MS }
}

type Row = {
  readonly id: Id<'ses'>
  readonly who: WhoId
  readonly by: SessionBy
  readonly seenMs: bigint
  readonly expiresMs: bigint
}

/** Whose session this is; undefined where there is none, or it is over. */
export async function consoleSessionOf(
  db: Db,
  token: string,
  nowMs: number,
): Promise<ConsoleSession | undefined> {
  const [row] = await db<Row[]>`
    select id, who, by, seen_ms as "seenMs", expires_ms as "expiresMs"
      from people.console_session
     where token_digest = ${digestOf(token)} and ended_ms is null
       and expires_ms > ${nowMs} and seen_ms > ${nowMs - CONSOLE_IDLE_MS}`
  const who = row && (await whoIs(db, row.who))
  if (row === undefined || who === undefined) return undefined
  if (nowMs - Number(row.seenMs) >= SEEN_EVERY_MS)
    await db`
      update people.console_session set seen_ms = greatest(seen_ms, ${nowMs})
       where id = ${row.id}`
  const { id: session, by } = row
  return { session, by, who, expiresMs: Number(row.expiresMs), idleEndsMs: nowMs + CONSOLE_IDLE_MS }
}

export type SessionRow = {
  readonly id: Id<'ses'>
  readonly by: SessionBy
  readonly createdMs: bigint
  readonly seenMs: bigint
  readonly expiresMs: bigint
}
type Page = { readonly limit: number; readonly before: string | undefined }

/** Somebody's open sessions, newest first. */
export const listConsoleSessions = (db: Db, who: WhoId, { limit, before }: Page, nowMs: number) =>
  db<SessionRow[]>`
    select id, by, created_ms as "createdMs", seen_ms as "seenMs", expires_ms as "expiresMs"
      from people.console_session
     where who = ${who} and ended_ms is null and expires_ms > ${nowMs}
       and seen_ms > ${nowMs - CONSOLE_IDLE_MS}
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`

/** Ends one of somebody's sessions, or all of them; false where there was none. */
export async function endConsoleSessions(
  db: Db,
  { who, session }: { readonly who: WhoId; readonly session?: Id<'ses'> },
  nowMs: number,
): Promise<boolean> {
  const ended = await db`
    update people.console_session set ended_ms = ${nowMs}
     where who = ${who} and ended_ms is null
       and (${session ?? null}::text is null or id = ${session ?? null})
    returning id`
  return ended.length > 0
}

/** Which of these still have an open session: a stream that they read is no request. */
export async function signedIn(
  db: Db,
  users: readonly Id<'usr'>[],
  nowMs: number,
): Promise<Id<'usr'>[]> {
  if (users.length === 0) return []
  const rows = await db<{ who: Id<'usr'> }[]>`
    select distinct who from people.console_session
     where who = any(${[...users]}) and ended_ms is null and expires_ms > ${nowMs}`
  return rows.map(({ who }) => who)
}

const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()
