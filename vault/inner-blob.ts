/**
 * The inner blob: a card under a record key of its own, which only this vault can unwrap
 * (4-crypto (b)). It names its card, its cardholder and its scheme, and is opened only for them.
 */
import { timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { INNER_SUITE, type InnerBlob, type InnerHeader } from '@warifu/protocol/sealed'
import { keyOfCard, openStoredCard, panIndex, type StoredCard } from './cards.ts'
import type { Inner } from './inner-parts.ts'
import { openRecord, sealRecord, unwrapRecordKey } from './record.ts'
import type { Opened, Presented } from './schemes/scheme.ts'
import { no, type World, yes } from './world.ts'

type Subject = Pick<InnerHeader, 'card' | 'cardholder' | 'scheme'>

/** The inner blob in its transport form, under a record key of its own. */
export function sealInner({ hierarchy, chance }: World, subject: Subject, row: StoredCard): string {
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

/** Whose card, and which one. */
type Named = Pick<Presented, 'sender'> & {
  readonly statement: Pick<Presented['statement'], 'card' | 'scheme'>
}

/** Whose it is comes before what is in it: this person, this card, this scheme, then decrypt. */
export function openInner(world: World, { sender, statement }: Named, text: string): Opened {
  const inner = world.innerBlobs.read(text)
  if (inner === undefined) return no('blob_invalid')
  if (inner.header.cardholder !== sender.cardholder) return no('cardholder_mismatch')
  if (inner.header.card !== statement.card) return no('blob_mismatch')
  const card = sender.cards.get(statement.card)
  if (card === undefined) return no('card_unknown')
  const { scheme } = inner.header
  if (scheme !== statement.scheme || scheme !== card.scheme) return no('scheme_mismatch')
  const { key } = sender
  if (key === undefined || inner.header.kid !== key.kid) return no('blob_invalid')
  if (!carriesCard(world, { inner, key, index: card.index })) return no('blob_invalid')
  return yes({ kid: key.kid, check_value: key.check_value })
}

type Carrying = {
  readonly inner: Inner
  readonly key: NonNullable<Presented['sender']['key']>
  readonly index: Uint8Array
}

/** Opens the blob and finds its number, by keyed hash, to be the named card's. */
function carriesCard(world: World, { inner, key, index }: Carrying): boolean {
  const { hierarchy, probe, recordKeys } = world
  const { sealed, aad } = inner
  if (sealed === undefined) return false
  probe.decrypted()
  const recordKey = recordKeys.get(`${key.kid} ${inner.wrapped_key}`, () =>
    unwrapRecordKey(hierarchy.cardholderKey(key), sealed.wrapped_key),
  )
  const data = openRecord({ key: recordKey, aad, sealed })
  return data !== undefined && timingSafeEqual(panIndex(hierarchy, data.pan), index)
}
