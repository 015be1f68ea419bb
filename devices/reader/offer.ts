/**
 * The host's offer of a sale, as a reader takes it: signed by the key that was pinned when the
 * reader was made, for this reader, in its time. The phone between them is not believed.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { type PublicJwk, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { readJws } from '@warifu/crypto/jws'
import { OFFER_SECONDS, OFFER_TYPE, type SaleOffer, saleOffer } from '@warifu/protocol/reader'
import { Compile } from 'typebox/compile'

const offerShape = Compile(saleOffer)
/** How far host's and reader's clocks may stand apart, in seconds. */
const SKEW = 30

export type TakenOffer = { readonly offer: SaleOffer; readonly digest: Uint8Array }

type Taking = {
  readonly hostKey: PublicJwk
  readonly reader: string
  readonly nowMs: number
}

/** Undefined where anything about it is not as it must be. */
export function takeOffer(
  text: string,
  { hostKey, reader, nowMs }: Taking,
): TakenOffer | undefined {
  const jws = readJws(text)
  if (jws === undefined) return undefined
  const { header, payload, signed, signature } = jws
  if (header['typ'] !== OFFER_TYPE || header['kid'] !== thumbprintOf(hostKey)) return undefined
  const key = createPublicKey({ key: { ...hostKey }, format: 'jwk' })
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) return undefined
  if (!offerShape.Check(payload) || payload.reader !== reader) return undefined
  const { iat, exp } = payload
  const nowS = nowMs / 1000
  if (exp <= nowS || iat > nowS + SKEW || exp - iat > OFFER_SECONDS) return undefined
  return { offer: payload, digest: createHash('sha256').update(text).digest() }
}

const thumbprintOf = (jwk: PublicJwk): string =>
  createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')
