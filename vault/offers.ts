/**
 * Before a sale by reader (S3): that a reader is plugged into a terminal, and the offer of one
 * sale, with a key pair that was never used before and will never be used again.
 */

import { jcsBytes } from '@warifu/crypto/jcs'
import { compactJws, jwsInput } from '@warifu/crypto/jws'
import { sha256 } from '@warifu/crypto/sha256'
import { OFFER_SECONDS, OFFER_TYPE, type SaleOffer } from '@warifu/protocol/reader'
import type { VaultInput } from '@warifu/protocol/vault'
import { authenticateProof, takeCounter } from './reader-message.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

type TerminalRefusal = 'terminal_unknown' | 'terminal_not_admitted'

async function terminalRefusal(sql: Sql, terminal: string): Promise<TerminalRefusal | undefined> {
  const [row] = await sql<{ state: string }[]>`
    select state from terminals.terminal where terminal = ${terminal}`
  if (row === undefined) return 'terminal_unknown'
  return row.state === 'admitted' ? undefined : 'terminal_not_admitted'
}

export async function verifyReader(
  world: World,
  sql: Sql,
  { terminal, proof }: VaultInput<'verify_reader'>,
): Promise<Answer<'verify_reader'>> {
  const barred = await terminalRefusal(sql, terminal)
  if (barred !== undefined) return no(barred)
  if (proof.terminal !== terminal) return no('reader_invalid')
  const found = await authenticateProof(world, sql, proof)
  if (!found.ok) return found
  found.value.keys.wipe()
  const taken = await takeCounter(world, sql, { reader: proof.reader, message: found.value })
  if (taken.code === 'ksn_replayed') return no('ksn_replayed')
  if (taken.code !== 'ok') return no('device_unknown')
  return yes({ reader: proof.reader, opened_with: found.value.key.name })
}

type Device = { readonly state: string }

export async function makeOffer(
  world: World,
  sql: Sql,
  input: VaultInput<'make_offer'>,
): Promise<Answer<'make_offer'>> {
  const { chance, nowMs, sales, hierarchy } = world
  const barred = await terminalRefusal(sql, input.terminal)
  if (barred !== undefined) return no(barred)
  const [device] = await sql<Device[]>`
    select state from entry.device where device = ${input.reader}`
  if (device === undefined) return no('device_unknown')
  if (device.state !== 'admitted') return no('device_not_active')
  const bornMs = nowMs()
  const iat = Math.floor(bornMs / 1000)
  const exp = Math.min(Math.floor(Date.parse(input.expires_at) / 1000), iat + OFFER_SECONDS)
  if (exp <= iat) return no('sale_over')

  const keyPair = chance.keyPair()
  const offer = offerOf(input, { iat, exp, instance: sales.instance, chance, keyPair })
  const header = { typ: OFFER_TYPE, kid: hierarchy.offerKeyName }
  const text = compactJws(jwsInput(header, offer), hierarchy.signOffer(jwsInput(header, offer)))
  const offerDigest = sha256(text)
  const kept = await sql`
    insert into sales.sale
      (sale, chain, instance, terminal, reader, offer_digest, state, born_at_ms, expires_at_ms)
    values (${offer.sale}, ${world.chain}, ${sales.instance}, ${input.terminal}, ${input.reader},
            ${offerDigest}, 'open', ${bornMs}, ${exp * 1000})
    on conflict do nothing returning sale`
  // Offered before with other words: a sale has one offer.
  if (kept.length === 0) return no('sale_over')
  const expiresMs = exp * 1000
  sales.keep({ offer, offerDigest, expiresMs, keyPair, context: undefined, ...nothingYet() })
  return yes({ offer: text })
}

const nothingYet = () => ({ card: undefined, taken: [] as string[] })

type Making = Pick<SaleOffer, 'iat' | 'exp' | 'instance'> &
  Pick<World, 'chance'> & { readonly keyPair: { readonly publicBytes: Uint8Array } }

function offerOf(
  { content, terminal, reader }: VaultInput<'make_offer'>,
  { iat, exp, instance, chance, keyPair }: Making,
): SaleOffer {
  const { id, name, place } = content.payee
  return {
    v: 1,
    instance,
    sale: content.subject.id,
    content_digest: sha256(jcsBytes(content)).toString('base64url'),
    payee: { id, name, place },
    terminal,
    reader,
    amount: content.amount,
    currency: content.currency,
    public_key: Buffer.from(keyPair.publicBytes).toString('base64url'),
    nonce: Buffer.from(chance.bytes(16)).toString('base64url'),
    iat,
    exp,
  }
}

/** The digest by which an offer, and with it its key, is named in the audit chain. */
export const offerKey = (offer: string): string => sha256(offer).toString('base64url')
