/**
 * A card sealed to the vault for one payment: HPKE (RFC 9180) in base mode, or in PSK mode with the
 * secret that vault and terminal share. Its context is the payment's content, this terminal and
 * this card: for any other payment it does not open (4-crypto (c)). Browser-safe.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { CARD_BYTES, type PayContext, type SignedKey } from '@warifu/protocol/delivery'
import type { Scheme } from '@warifu/protocol/schemes'
import { type SealedHeader, type SealedMessage, SUITE } from '@warifu/protocol/sealed'
import { loadSuite } from './hpke-suite.ts'
import type { Showing } from './scheme.ts'
import { digestOfJson, sha256, thumbprintOf } from './terminal-keys.ts'

const utf8 = new TextEncoder()
const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const

type Sealing = {
  readonly scheme: Scheme
  readonly plaintext: string
  readonly psk?: Uint8Array<ArrayBuffer>
}

/** The message in its transport form. */
export async function sealForPaying(
  showing: Showing,
  { scheme, plaintext, psk }: Sealing,
): Promise<string> {
  const { key, content, nowMs } = showing
  const header: SealedHeader = {
    v: 1,
    suite: SUITE,
    purpose: 'card-pay',
    kid: key.kid,
    recipient: key.kid,
    created: new Date(nowMs).toISOString(),
    exp: content.deadline_at,
  }
  const context = await contextOf(showing, scheme, key)
  const id = utf8.encode(showing.card)
  const suite = await loadSuite()
  const sender = await suite.createSenderContext({
    recipientPublicKey: await crypto.subtle.importKey('jwk', { ...key.key }, ECDH, true, []),
    info: envelopeInfo('card-pay', await sha256(jcsBytes(header))),
    ...(psk === undefined ? {} : { psk: { id, key: psk } }),
  })
  const padded = pad(utf8.encode(plaintext), CARD_BYTES)
  const ct = await sender.seal(padded, envelopeAad(header, context))
  padded.fill(0)
  const message: SealedMessage = {
    header,
    enc: toBase64url(new Uint8Array(sender.enc)),
    ct: toBase64url(new Uint8Array(ct)),
  }
  return toBase64url(jcsBytes(message))
}

const contextOf = async (
  { card, cardholder, content, keys }: Showing,
  scheme: Scheme,
  { epoch }: SignedKey,
): Promise<PayContext> => ({
  scheme,
  cardholder,
  epoch,
  terminal: await thumbprintOf(keys.signing.publicKey),
  card,
  content_digest: await digestOfJson(content),
})
