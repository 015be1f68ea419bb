/**
 * Terminals: two keys, bound here by the owner's passkey over both thumbprints (4-crypto (a)).
 *
 * This is the only door by which a recipient's key comes in. The terminal signs JCS(enrolment),
 * the passkey's challenge is SHA-256 of the same bytes, and the origin in them is the vault's own.
 * It is admitted once it has proved that it could open what was sealed to it.
 */

import { createHmac, timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { type Enrolment, POP_EXPORT, type PopContext } from '@warifu/protocol/sealed'
import type { VaultInput } from '@warifu/protocol/vault'
import { readCredentials } from './passkeys.ts'
import {
  importPoint,
  type PublicKey,
  readPublicJwk,
  thumbprintOf,
  verifyRaw,
} from './public-key.ts'
import { type SealedLetter, sealTo } from './sealed-message.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

/** Where a terminal may come from to be in each state. */
const sources = {
  waiting: ['offered'],
  admitted: ['offered', 'waiting'],
  removed: ['offered', 'waiting', 'admitted'],
} as const

const PROOF_LIFE_MS = 10 * 60 * 1000

type Admission = VaultInput<'admit_terminal'>
type Keys = { readonly sealing: PublicKey; readonly signing: PublicKey }

export async function admitTerminal(
  world: World,
  sql: Sql,
  input: Admission,
): Promise<Answer<'admit_terminal'>> {
  const keys = readKeys(input)
  if (keys === undefined) return no('enrolment_invalid')
  const statement = jcsBytes(enrolmentOf(world, input, keys))
  if (!isSignedBy(keys.signing, statement, input.signature)) return no('enrolment_invalid')
  const { assertion, cardholder } = input
  const credential = (await readCredentials(sql, [assertion.credential_id])).get(
    assertion.credential_id,
  )
  if (credential?.cardholder !== cardholder) return no('passkey_unknown')
  const challenge = sha256(statement).toString('base64url')
  if (!world.verifyAssertion({ assertion, credential, challenge })) return no('passkey_invalid')
  const { letter, proof } = sealChallenge(world, input, keys)
  if (!(await keep({ world, sql, input, keys, proof }))) return no('terminal_exists')
  return yes({
    sealing_thumbprint: keys.sealing.thumbprint,
    signing_thumbprint: keys.signing.thumbprint,
    challenge: letter.message,
    vault_key: world.hierarchy.vouchingKey,
  })
}

/** Both keys are points of the curve, and not one key for two purposes. */
function readKeys({ sealing_key, signing_key }: Admission): Keys | undefined {
  const sealing = readPublicJwk(sealing_key)
  const signing = readPublicJwk(signing_key)
  if (sealing === undefined || signing === undefined) return undefined
  return sealing.thumbprint === signing.thumbprint ? undefined : { sealing, signing }
}

const enrolmentOf = ({ wallet }: World, { nonce }: Admission, keys: Keys): Enrolment => ({
  nonce,
  origin: wallet.origin,
  sealing_thumbprint: keys.sealing.thumbprint,
  signing_thumbprint: keys.signing.thumbprint,
})

function isSignedBy({ point }: PublicKey, message: Uint8Array, signature: string): boolean {
  const bytes = readBase64url(signature)
  return bytes !== undefined && verifyRaw(importPoint(point), message, bytes)
}

type Challenge = { readonly letter: SealedLetter; readonly proof: Uint8Array }

/** 32 random bytes for the terminal; of the proof that it opened them only a digest is kept. */
function sealChallenge({ chance, hierarchy }: World, input: Admission, keys: Keys): Challenge {
  const bytes = chance.bytes(32)
  const vault_key = thumbprintOf(hierarchy.vouchingKey)
  const context: PopContext = { terminal: input.terminal, vault_key }
  const letter = sealTo(
    keys.sealing,
    {
      purpose: 'terminal-pop',
      context,
      plaintext: bytes,
      createdMs: Date.parse(input.now),
      lifeMs: PROOF_LIFE_MS,
    },
    chance,
  )
  const key = letter.exportSecret(new TextEncoder().encode(POP_EXPORT), 32)
  const proof = createHmac('sha256', key).update(bytes).digest()
  key.fill(0)
  bytes.fill(0)
  return { letter, proof }
}

type Keeping = {
  readonly world: World
  readonly sql: Sql
  readonly input: Admission
  readonly keys: Keys
  readonly proof: Uint8Array
}

/** False where the id or either key, in either role, is bound already. */
async function keep({ world, sql, input, keys, proof }: Keeping): Promise<boolean> {
  const { sealing, signing } = keys
  const thumbprints = [sealing.thumbprint, signing.thumbprint]
  const kept = await sql`
    insert into terminals.terminal
      (terminal, cardholder, state, sealing_thumbprint, signing_thumbprint, sealing_point,
       signing_point, proof_digest, created_at_ms)
    select ${input.terminal}, ${input.cardholder}, 'offered', ${sealing.thumbprint},
           ${signing.thumbprint}, ${sealing.point}, ${signing.point}, ${sha256(proof)},
           ${world.nowMs()}
    where not exists (
      select 1 from terminals.terminal
      where sealing_thumbprint = any(${thumbprints}) or signing_thumbprint = any(${thumbprints}))
    on conflict do nothing
    returning terminal`
  return kept.length === 1
}

type StateRow = {
  readonly terminal: string
  readonly cardholder: string
  readonly state: string
  readonly proof_digest: Uint8Array
}

async function readStates(sql: Sql, ids: readonly string[]): Promise<Map<string, StateRow>> {
  const rows = await sql<StateRow[]>`
    select terminal, cardholder, state, proof_digest from terminals.terminal
    where terminal = any(${[...ids].sort()}) order by terminal for update`
  return new Map(rows.map((row) => [row.terminal, row]))
}

/**
 * All phones of the people whose phones these are, by id: two phones of one person come in one
 * after the other; locks are taken in one order, so that neither waits for what the other holds.
 */
async function readPeople(sql: Sql, ids: readonly string[]): Promise<Map<string, StateRow>> {
  const rows = await sql<StateRow[]>`
    select terminal, cardholder, state, proof_digest from terminals.terminal
    where cardholder in (
      select cardholder from terminals.terminal where terminal = any(${[...ids]}))
    order by terminal for update`
  return new Map(rows.map((row) => [row.terminal, row]))
}

/** The proof of the sealing key: HMAC-SHA-256(Export("warifu/1/pop", 32), bytes). */
export async function confirmTerminals(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'confirm_terminal'>[],
): Promise<Answer<'confirm_terminal'>[]> {
  const answers: Answer<'confirm_terminal'>[] = []
  const states = await readPeople(
    sql,
    inputs.map(({ terminal }) => terminal),
  )
  for (const { terminal, proof } of inputs) {
    const row = states.get(terminal)
    if (row === undefined || row.state === 'removed') answers.push(no('terminal_unknown'))
    else if (!provesTo(row.proof_digest, proof)) answers.push(no('proof_invalid'))
    else answers.push(yes({ terminal, admitted: await letIn(sql, row) }))
  }
  return answers
}

/** The first phone of a person is in at once; a further one waits (arrivals.ts). */
async function letIn(sql: Sql, { terminal, cardholder, state }: StateRow): Promise<boolean> {
  if (state === 'admitted' || state === 'waiting') return state === 'admitted'
  const [other] = await sql`
    select 1 from terminals.terminal
    where cardholder = ${cardholder} and terminal <> ${terminal}
      and state in ('admitted', 'removed') limit 1`
  const next = other === undefined ? 'admitted' : 'waiting'
  await moveTo(sql, next, [terminal])
  return next === 'admitted'
}

function provesTo(digest: Uint8Array, proof: string): boolean {
  const bytes = readBase64url(proof)
  return bytes !== undefined && timingSafeEqual(sha256(bytes), digest)
}

export async function removeTerminals(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'remove_terminal'>[],
): Promise<Answer<'remove_terminal'>[]> {
  const ids = inputs.map(({ terminal }) => terminal)
  const states = await readStates(sql, ids)
  await moveTo(sql, 'removed', ids)
  return inputs.map(({ terminal }) =>
    states.has(terminal) ? yes({ terminal }) : no('terminal_unknown'),
  )
}

export type LockedTerminal = {
  readonly state: 'offered' | 'waiting' | 'admitted' | 'removed'
  readonly cardholder: string
  readonly sealing_thumbprint: string
  readonly signing_thumbprint: string
}

export async function lockTerminal(sql: Sql, id: string): Promise<LockedTerminal | undefined> {
  const [row] = await sql<LockedTerminal[]>`
    select state, cardholder, sealing_thumbprint, signing_thumbprint from terminals.terminal
    where terminal = ${id} for no key update`
  return row
}

async function moveTo(
  sql: Sql,
  state: keyof typeof sources,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update terminals.terminal set state = ${state}
    where terminal = any(${[...ids]}) and state = any(${[...sources[state]]})`
}

/** A phone that waits is in, by what stands for its owner's old phone. */
export const admitWaiting = (sql: Sql, terminal: string): Promise<void> =>
  moveTo(sql, 'admitted', [terminal])
