/** Log-ins of cardholders: a bearer token of 32 random bytes, kept as its SHA-256, 15 minutes. */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'

export const SESSION_MS = 15 * 60 * 1000

export type Session = {
  readonly cardholder: Id<'chl'>
  /** Shown once, here. */
  readonly token: string
  readonly expiresMs: number
}

type Opening = { readonly cardholder: Id<'chl'>; readonly secret: Uint8Array }

export async function openSession(db: Db, opening: Opening, nowMs: number): Promise<Session> {
  const token = `ws_${toBase64url(opening.secret)}`
  const expiresMs = nowMs + SESSION_MS
  await db`
    insert into people.session (token_digest, cardholder, created_ms, expires_ms)
    values (${digestOf(token)}, ${opening.cardholder}, ${nowMs}, ${expiresMs})`
  return { cardholder: opening.cardholder, token, expiresMs }
}

/** Whose session this is; undefined where there is none or its time is over. */
export async function sessionOf(
  db: Db,
  token: string,
  nowMs: number,
): Promise<{ readonly cardholder: Id<'chl'> } | undefined> {
  const [row] = await db<{ cardholder: Id<'chl'> }[]>`
    select cardholder from people.session
     where token_digest = ${digestOf(token)} and expires_ms > ${nowMs}`
  return row
}

const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()
