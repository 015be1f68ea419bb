/**
 * Joining and logging in by passkey (WebAuthn Level 3 §7). The challenge is ours and good once (at
 * log-in it is a nonce, of which wallet and vault make the challenge); the vault verifies and keeps
 * the key; this room keeps a reference. The cardholder is named with the challenge, so that an
 * honest retry of the same body finds the same one.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { VaultInput } from '@warifu/protocol/vault'
import type { Db } from '#store'
import type { Needs } from './needs.ts'
import { openSession, type Session } from './session.ts'

export const CHALLENGE_MS = 5 * 60 * 1000

type Kind = 'join' | 'login'
export type Challenge = {
  readonly registration: Id<'reg'>
  readonly challenge: string
  readonly deadlineMs: number
}

export async function startChallenge(needs: Needs, kind: Kind, nowMs: number): Promise<Challenge> {
  const { store, mint, random } = needs
  const registration = mint('reg')
  const challenge = random(32)
  const deadlineMs = nowMs + CHALLENGE_MS
  await store.sql`
    insert into people.registration (id, kind, cardholder, challenge, created_ms, deadline_ms)
    values (${registration}, ${kind}, ${kind === 'join' ? mint('chl') : null}, ${challenge},
            ${nowMs}, ${deadlineMs})`
  return { registration, challenge: toBase64url(challenge), deadlineMs }
}

type Row<K extends Kind> = {
  readonly challenge: Uint8Array
  readonly cardholder: K extends 'join' ? Id<'chl'> : null
  readonly usedDigest: Uint8Array | null
}
type Asked<K extends Kind> = { readonly id: Id<'reg'>; readonly kind: K }

async function readOpen<K extends Kind>(
  db: Db,
  { id, kind }: Asked<K>,
  nowMs: number,
): Promise<Row<K> | undefined> {
  const [row] = await db<Row<K>[]>`
    select challenge, cardholder, used_digest as "usedDigest" from people.registration
     where id = ${id} and kind = ${kind} and deadline_ms > ${nowMs}`
  return row
}

export type Joining = {
  readonly registration: Id<'reg'>
  readonly name: string
  readonly attestation: VaultInput<'register_passkey'>['attestation']
}
export type Cardholder = {
  readonly id: Id<'chl'>
  readonly name: string
  readonly createdMs: bigint
}
export type Joined = { readonly cardholder: Cardholder; readonly session: Session }

export async function join(needs: Needs, joining: Joining, nowMs: number): Promise<Answer<Joined>> {
  const digest = createHash('sha256').update(jcsBytes(joining)).digest()
  const { registration: id, attestation } = joining
  const row = await readOpen(needs.store.sql, { id, kind: 'join' }, nowMs)
  if (row === undefined) return refused('challenge_expired')
  if (row.usedDigest && !timingSafeEqual(row.usedDigest, digest))
    return refused('challenge_expired')
  const challenge = toBase64url(row.challenge)
  const passkey = { cardholder: row.cardholder, challenge, attestation }
  const kept = await needs.vault.call('register_passkey', passkey)
  if (!kept.ok)
    return refused(kept.refusal === 'credential_exists' ? 'credential_exists' : 'passkey_invalid')
  return needs.store.transaction(async (tx) => {
    if (!(await use(tx, { id, digest }, nowMs))) return refused('challenge_expired')
    await tx`
      insert into people.cardholder (id, name, created_ms)
      values (${row.cardholder}, ${joining.name}, ${nowMs}) on conflict do nothing`
    await tx`
      insert into people.passkey (credential_id, cardholder, device_bound, created_ms)
      values (${kept.output.credential_id}, ${row.cardholder}, ${kept.output.device_bound},
              ${nowMs})
      on conflict do nothing`
    const opening = { cardholder: row.cardholder, secret: needs.random(32) }
    const session = await openSession(tx, opening, nowMs)
    const cardholder = await cardholderOf(tx, row.cardholder)
    if (cardholder === undefined) throw new Error('the cardholder just made is not there')
    return done({ cardholder, session })
  })
}

export type LoggingIn = {
  readonly registration: Id<'reg'>
  readonly assertion: VaultInput<'verify_login'>['assertion']
}

/** A log-in's challenge is good for one session; whoever lost the answer starts again. */
export async function logIn(
  needs: Needs,
  loggingIn: LoggingIn,
  nowMs: number,
): Promise<Answer<Session>> {
  const { registration: id, assertion } = loggingIn
  const row = await readOpen(needs.store.sql, { id, kind: 'login' }, nowMs)
  if (row === undefined || row.usedDigest) return refused('challenge_expired')
  const nonce = toBase64url(row.challenge)
  const who = await needs.vault.call('verify_login', { nonce, assertion })
  if (!who.ok)
    return refused(who.refusal === 'passkey_unknown' ? 'passkey_unknown' : 'passkey_invalid')
  const digest = createHash('sha256').update(jcsBytes(loggingIn)).digest()
  const { cardholder } = who.output
  return needs.store.transaction(async (tx) => {
    // The vault may know somebody whose joining never ended here.
    if ((await cardholderOf(tx, cardholder)) === undefined) return refused('passkey_unknown')
    const [used] = await tx`
      update people.registration set used_ms = ${nowMs}, used_digest = ${digest}
       where id = ${id} and used_ms is null returning id`
    if (used === undefined) return refused('challenge_expired')
    return done(await openSession(tx, { cardholder, secret: needs.random(32) }, nowMs))
  })
}

type Use = { readonly id: Id<'reg'>; readonly digest: Uint8Array }

/** Takes the challenge for this body; the same body may take it again. */
async function use(db: Db, { id, digest }: Use, nowMs: number): Promise<boolean> {
  const [row] = await db`
    update people.registration
       set used_ms = coalesce(used_ms, ${nowMs}), used_digest = ${digest}
     where id = ${id} and (used_digest is null or used_digest = ${digest}) returning id`
  return row !== undefined
}

export async function cardholderOf(db: Db, id: Id<'chl'>): Promise<Cardholder | undefined> {
  const [row] = await db<Cardholder[]>`
    select id, name, created_ms as "createdMs" from people.cardholder where id = ${id}`
  return row
}
