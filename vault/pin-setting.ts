/**
 * A cardholder sets or changes a PIN, and unblocks one. The terminal seals the PIN without knowing
 * the card's number; the number meets the PIN in this process only, where the block is formed.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import {
  type PinContext,
  type PinPlain,
  pinPlain,
  type SetPinBody,
  setPinBody,
  type UnblockPinBody,
  unblockPinBody,
  weaknessOf,
} from '@warifu/protocol/pins'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { openStoredCard, readStoredCards } from './cards.ts'
import { isPin, lockPin, setPin } from './pins.ts'
import { openForUs } from './sealed-to-us.ts'
import { type Act, verifyAct } from './signed-act.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const setShape = Compile(setPinBody)
const unblockShape = Compile(unblockPinBody)
const plainShape = Compile(pinPlain)

const setting: Act<SetPinBody> = {
  path: /^\/v1\/cards\/(crd_[0-9A-HJKMNP-TV-Z]{26})\/pin$/,
  read: (body) => (setShape.Check(body) ? body : undefined),
  named: ({ statement }) => statement.card,
}
const unblocking: Act<UnblockPinBody> = {
  path: /^\/v1\/cards\/(crd_[0-9A-HJKMNP-TV-Z]{26})\/pin\/unblock$/,
  read: (body) => (unblockShape.Check(body) ? body : undefined),
  named: ({ statement }) => statement.card,
}

export async function setPins(
  world: World,
  sql: Sql,
  input: VaultInput<'set_pin'>,
): Promise<Answer<'set_pin'>> {
  const acted = await verifyAct(world, sql, input, setting)
  if (!acted.ok) return acted
  const { statement, sealed } = acted.value.body
  const { card, terminal } = statement
  if (sha256(jcs(sealed)).toString('base64url') !== statement.sealed_digest)
    return no('statement_invalid')
  if (Date.parse(sealed.header.exp) <= Date.parse(input.now)) return no('pin_expired')
  const context: PinContext = { card, terminal }
  const plain = openForUs(world, sealed, { domain: 'pin-transport', context })
  if (!plainShape.Check(plain) || plain.card !== card) return no('pin_sealed_wrong')
  if (!(await takeNonce(world, sql, plain))) return no('pin_replayed')
  const row = (await readStoredCards(sql, [card])).get(card)
  if (row === undefined) return no('card_unknown')
  const { pan } = openStoredCard({ hierarchy: world.hierarchy, row })
  const chosen = { card, pan, pin: plain.pin }
  const weakness = weaknessOf(plain.pin, pan)
  if (weakness !== undefined) return no(weakness)
  const kept = await lockPin(sql, card)
  if (kept?.tries_left === 0) return no('pin_blocked')
  if (kept !== undefined && isPin(world.hierarchy, chosen, kept.verifier))
    return no('pin_unchanged')
  await setPin(world, sql, chosen)
  return stateOf(sql, card)
}

async function takeNonce({ nowMs }: World, sql: Sql, plain: PinPlain): Promise<boolean> {
  const nonce = readBase64url(plain.nonce)
  if (nonce === undefined) return false
  const taken = await sql`
    insert into pins.taken (card, nonce, at_ms) values (${plain.card}, ${nonce}, ${nowMs()})
    on conflict do nothing returning card`
  return taken.length === 1
}

/** Eight digits for one card's PIN; derived, so that nothing is kept that could be read. */
export const pinCodeOf = ({ hierarchy }: Pick<World, 'hierarchy'>, verification: string): string =>
  String(hierarchy.mac('code', `pin-code/1${verification}`).readUIntBE(0, 6) % 1e8).padStart(8, '0')

export async function makePinCode(
  world: World,
  sql: Sql,
  { verification, card, tries, expires_at }: VaultInput<'make_pin_code'>,
): Promise<Answer<'make_pin_code'>> {
  if (!(await readStoredCards(sql, [card])).has(card)) return no('card_unknown')
  await sql`
    insert into pins.unblocking (verification, card) values (${verification}, ${card})
    on conflict do nothing`
  await sql`
    insert into codes.code (verification, tries_left, expires_at_ms, created_at_ms)
    values (${verification}, ${tries}, ${Date.parse(expires_at)}, ${world.nowMs()})
    on conflict do nothing`
  const [row] = await sql<{ tries_left: number }[]>`
    select tries_left from codes.code where verification = ${verification}`
  if (row === undefined || row.tries_left === 0) return no('code_exhausted')
  return yes({ code: pinCodeOf(world, verification) })
}

export async function unblockPins(
  world: World,
  sql: Sql,
  input: VaultInput<'unblock_pin'>,
): Promise<Answer<'unblock_pin'>> {
  const acted = await verifyAct(world, sql, input, unblocking)
  if (!acted.ok) return acted
  const { statement, code } = acted.value.body
  const { card, verification } = statement
  const kept = await lockPin(sql, card)
  if (kept === undefined || kept.tries_left > 0) return no('pin_not_blocked')
  const [meant] = await sql`
    select 1 from pins.unblocking where verification = ${verification} and card = ${card}`
  if (meant === undefined) return no('verification_mismatch')
  const refusal = await useCode(world, sql, { verification, code, now: input.now })
  if (refusal !== undefined) return no(refusal)
  await sql`update pins.verifier set tries_left = tries where card = ${card}`
  return stateOf(sql, card)
}

type Using = { readonly verification: string; readonly code: string; readonly now: string }

/** As `check_code`: the right one uses it up, a wrong one costs a try. */
async function useCode(world: World, sql: Sql, { verification, code, now }: Using) {
  const [row] = await sql<{ tries_left: number; expires_at_ms: string }[]>`
    select tries_left, expires_at_ms from codes.code
    where verification = ${verification} for update`
  if (row === undefined || Date.parse(now) > Number(row.expires_at_ms)) return 'code_expired'
  if (row.tries_left === 0) return 'code_exhausted'
  const isRight = timingSafeEqual(Buffer.from(code), Buffer.from(pinCodeOf(world, verification)))
  const left = isRight ? 0 : row.tries_left - 1
  await sql`update codes.code set tries_left = ${left} where verification = ${verification}`
  return isRight ? undefined : 'code_wrong'
}

async function stateOf(sql: Sql, card: string): Promise<Answer<'pin_state'> & { ok: true }> {
  const [row] = await sql<{ tries_left: number }[]>`
    select tries_left from pins.verifier where card = ${card}`
  const id = card as `crd_${string}`
  if (row === undefined) return yes({ card: id, status: 'unset', tries_left: null })
  const { tries_left } = row
  return yes({ card: id, status: tries_left === 0 ? 'blocked' : 'set', tries_left })
}

export async function pinStates(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'pin_state'>[],
): Promise<Answer<'pin_state'>[]> {
  const known = await readStoredCards(
    sql,
    inputs.map(({ card }) => card),
  )
  return Promise.all(
    inputs.map(({ card }) => (known.has(card) ? stateOf(sql, card) : no('card_unknown'))),
  )
}
