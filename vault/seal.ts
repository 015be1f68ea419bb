/**
 * Scheme `double_sealed` (4-crypto (b)): the card sealed for the vault itself, and that blob
 * sealed by HPKE to an admitted terminal of the same cardholder. The terminal peels the outer
 * layer once and keeps the inner blob, which only this vault can open.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import {
  INNER_SUITE,
  type InnerBlob,
  type InnerHeader,
  type InstallContext,
} from '@warifu/protocol/sealed'
import type { VaultInput } from '@warifu/protocol/vault'
import { keyOfCard, openStoredCard, readStoredCards, type StoredCard } from './cards.ts'
import { sealRecord } from './record.ts'
import { type Recipient, sealTo, sha256 } from './sealed-message.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const INSTALL_LIFE_MS = 7 * 24 * 60 * 60 * 1000
/** Every outer plaintext has this length (ISO/IEC 7816-4 padding over the blob's text). */
export const INSTALL_BYTES = 1024

export async function sealCard(
  world: World,
  sql: Sql,
  { card, terminal, scheme, now }: VaultInput<'seal_card'>,
): Promise<Answer<'seal_card'>> {
  const row = (await readStoredCards(sql, [card])).get(card)
  if (row === undefined) return no('card_unknown')
  const target = await readTarget(sql, terminal)
  if (target === undefined) return no('terminal_unknown')
  if (target.state !== 'admitted') return no('terminal_not_admitted')
  if (target.cardholder !== row.cardholder) return no('cardholder_mismatch')
  const blob = Buffer.from(sealInner(world, { card, cardholder: target.cardholder, scheme }, row))
  const inner_digest = sha256(blob).toString('base64url')
  const context: InstallContext = { inner_digest, terminal: target.thumbprint }
  const { message } = sealTo(
    target,
    {
      purpose: 'card-install',
      context,
      plaintext: pad(blob, INSTALL_BYTES),
      createdMs: Date.parse(now),
      lifeMs: INSTALL_LIFE_MS,
    },
    world.chance,
  )
  const { kid, check_value } = row
  return yes({ inner_digest, sealed: message, inner_key: { kid, check_value } })
}

type Target = Recipient & { readonly state: string; readonly cardholder: `chl_${string}` }

/** The row is held until the transaction ends: a removal waits, or was seen. */
async function readTarget(sql: Sql, terminal: string): Promise<Target | undefined> {
  const [row] = await sql<Target[]>`
    select state, cardholder, sealing_thumbprint as thumbprint, sealing_point as point
    from terminals.terminal where terminal = ${terminal} for share`
  return row
}

type Subject = Pick<InnerHeader, 'card' | 'cardholder' | 'scheme'>

/** The inner blob in its transport form, under a record key of its own. */
function sealInner({ hierarchy, chance }: World, subject: Subject, row: StoredCard): string {
  const header: InnerHeader = {
    v: 1,
    suite: INNER_SUITE,
    purpose: 'card',
    kid: row.kid,
    ...subject,
    scheme_version: 1,
  }
  const sealed = sealRecord({
    kek: hierarchy.cardholderKey(keyOfCard(row)),
    header,
    data: openStoredCard({ hierarchy, row }),
    chance,
  })
  const blob: InnerBlob = {
    header,
    wrapped_key: toBase64url(sealed.wrapped_key),
    iv: toBase64url(sealed.iv),
    ct: toBase64url(sealed.ct),
  }
  return toBase64url(jcsBytes(blob))
}
