/** Invitations to the console: a link with 32 random bytes, good once, for three days. */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Db } from '#store'
import type { WhoId } from './console-who.ts'

export const INVITATION_MS = 3 * 24 * 60 * 60 * 1000

export type Inviting = {
  readonly who: WhoId
  /** 32 random bytes. */
  readonly secret: Uint8Array
  readonly nowMs: number
}

/** Answers with the secret of the link: readable here only. Those before it end. */
export async function invite(db: Db, { who, secret, nowMs }: Inviting): Promise<string> {
  const text = `wi_${toBase64url(secret)}`
  await db`delete from people.invitation where who = ${who} and used_ms is null`
  await db`
    insert into people.invitation (digest, who, created_ms, deadline_ms)
    values (${invitationDigest(text)}, ${who}, ${nowMs}, ${nowMs + INVITATION_MS})`
  return text
}

/** Whom an open invitation is for. */
export async function invited(db: Db, text: string, nowMs: number): Promise<WhoId | undefined> {
  const [row] = await db<{ who: WhoId }[]>`
    select who from people.invitation
     where digest = ${invitationDigest(text)} and used_ms is null and deadline_ms > ${nowMs}`
  return row?.who
}

/** Takes it; false where somebody was faster, or it is over. */
export async function useInvitation(db: Db, digest: Uint8Array, nowMs: number): Promise<boolean> {
  const [row] = await db`
    update people.invitation set used_ms = ${nowMs}
     where digest = ${digest} and used_ms is null and deadline_ms > ${nowMs} returning who`
  return row !== undefined
}

export const invitationDigest = (text: string): Uint8Array =>
  createHash('sha256').update(text).digest()
