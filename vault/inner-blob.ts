/**
 * The inner blob: a card under a record key of its own, which only this vault can unwrap
 * (4-crypto (b)). It names its card, its cardholder and its scheme, and is opened only for them.
 */
import { timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { INNER_SUITE, type InnerBlob, type InnerHeader, innerBlob } from '@warifu/protocol/sealed'
import { Compile } from 'typebox/compile'
import { keyOfCard, openStoredCard, panIndex, type StoredCard } from './cards.ts'
import { openRecord, sealRecord } from './record.ts'
import type { Opened, Presented } from './schemes/scheme.ts'
import { decodeBase64url } from './strict-base64url.ts'
import { no, type World, yes } from './world.ts'

const innerBlobShape = Compile(innerBlob)

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
  const inner = readBlob(text)
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
  readonly inner: InnerBlob
  readonly key: NonNullable<Presented['sender']['key']>
  readonly index: Uint8Array
}

/** Opens the blob and finds its number, by keyed hash, to be the named card's. */
function carriesCard({ hierarchy, probe }: World, { inner, key, index }: Carrying): boolean {
  const [wrapped_key, iv, ct] = [inner.wrapped_key, inner.iv, inner.ct].map(decodeBase64url)
  if (wrapped_key === undefined || iv === undefined || ct === undefined) return false
  probe.decrypted()
  const kek = hierarchy.cardholderKey(key)
  const data = openRecord({ kek, header: inner.header, sealed: { wrapped_key, iv, ct } })
  return data !== undefined && timingSafeEqual(panIndex(hierarchy, data.pan), index)
}

function readBlob(text: string): InnerBlob | undefined {
  const bytes = decodeBase64url(text)
  const blob = bytes === undefined ? undefined : parseJson(bytes)
  return innerBlobShape.Check(blob) ? blob : undefined
}

/** JSON, or undefined. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
