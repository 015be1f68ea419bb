/**
 * Two acts on an installed card: its one-time number comes back and is consumed (4-crypto (e)), and
 * the key that its terminal seals to when it pays is signed anew.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { type ConfirmationBody, confirmationBody } from '@warifu/protocol/delivery'
import type { Id } from '@warifu/protocol/ids'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { keyOfCard, readStoredCards } from './cards.ts'
import { parseJson } from './parse-json.ts'
import { signHouseKey, signUserKey } from './payment-keys.ts'
import { numberMac } from './schemes/activation-number.ts'
import { readTarget } from './seal.ts'
import { readSenders } from './senders.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const bodyShape = Compile(confirmationBody)
const confirmPath = /^\/v1\/installations\/ins_[0-9A-HJKMNP-TV-Z]{26}\/confirm$/

type Delivered = {
  readonly card: Id<'crd'>
  readonly terminal: string
  readonly digest: Uint8Array
  readonly state: 'delivered' | 'active' | 'superseded'
  readonly expires_at_ms: string
}

export async function activateCard(
  world: World,
  sql: Sql,
  { terminal, request, now }: VaultInput<'activate_card'>,
): Promise<Answer<'activate_card'>> {
  const sender = (await readSenders(world, sql, [terminal])).get(terminal)
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  if (request.method !== 'POST' || request.query !== '' || !confirmPath.test(request.path))
    return no('signature_invalid')
  const bytes = world.verifyRequest(request, sender)
  if (bytes === undefined) return no('signature_invalid')
  const body = parseJson(bytes)
  if (!bodyShape.Check(body) || body.activation_number === undefined) return no('statement_invalid')
  const mac = numberMac(world.hierarchy, body.activation_number)
  const [row] = await sql<Delivered[]>`
    select card, terminal, digest, state, expires_at_ms from cards.delivery
     where number_mac = ${mac} for update`
  if (row?.terminal !== terminal || !isOf(row, body)) return no('activation_unknown')
  if (row.state === 'active') return no('activation_used')
  if (row.state === 'superseded' || Number(row.expires_at_ms) <= Date.parse(now))
    return no('activation_expired')
  await sql`update cards.delivery set state = 'active' where number_mac = ${mac}`
  return yes({ card: row.card })
}

/** The number names one sealed card: the very one that the terminal says it installed. */
function isOf({ digest }: Delivered, { inner_digest }: ConfirmationBody): boolean {
  const named = readBase64url(inner_digest)
  return named?.length === digest.length && timingSafeEqual(named, digest)
}

export async function renewPaymentKey(
  world: World,
  sql: Sql,
  { card, terminal, now }: VaultInput<'renew_payment_key'>,
): Promise<Answer<'renew_payment_key'>> {
  const row = (await readStoredCards(sql, [card])).get(card)
  if (row === undefined) return no('card_unknown')
  const target = await readTarget(sql, terminal)
  if (target === undefined) return no('terminal_unknown')
  if (target.state !== 'admitted') return no('terminal_not_admitted')
  const { cardholder } = target
  if (cardholder !== row.cardholder) return no('cardholder_mismatch')
  const nowMs = Date.parse(now)
  switch (row.scheme) {
    case 'terminal_sealed':
    case 'activation_number':
      return yes({ payment_key: signHouseKey(world.hierarchy, nowMs) })
    case 'payment_key': {
      const owner = { cardholder, key: keyOfCard(row) }
      return yes({ payment_key: await signUserKey(world, sql, { owner, nowMs }) })
    }
    default:
      return no('scheme_mismatch')
  }
}
