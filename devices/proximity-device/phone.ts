/**
 * Who may be the chip's phone, and how it is known again. Pairing is HPKE in PSK mode (RFC 9180
 * §5.1.2) with the label's 256-bit secret: whoever has not read the label can neither ask nor
 * listen. After that, each question is signed by that phone's key (ECDSA P-256, r ‖ s).
 */
import { createHmac, createPublicKey, verify } from 'node:crypto'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError, type HpkeKeyPair, type RecipientContext, setupPskR } from '@warifu/crypto/hpke'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { JwkError, jwkOfPoint, pointOfJwk, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { sha256 } from '@warifu/crypto/sha256'
import {
  LINK_LABEL,
  PAIR_EXPORT,
  type PairingHeader,
  pairingBytes,
  pairingContent,
} from '@warifu/protocol/proximity'
import { Compile } from 'typebox/compile'
import type { ChipMemory, ChipSecrets, Phone } from './chip-memory.ts'

const contentShape = Compile(pairingContent)
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'))

export type Pairing = {
  readonly header: PairingHeader
  readonly enc: string
  readonly ct: string
  readonly pairing: HpkeKeyPair
  readonly memory: ChipMemory
  readonly secrets: ChipSecrets
}
export type OpenedPairing = {
  readonly phone: Phone
  /** That it opened: HMAC under a key that only the label's secret gives. */
  readonly proof: string
  /** What the chip's code of this pairing is made over, for the vault. */
  readonly data: Uint8Array
}

export function openPairing(asked: Pairing): OpenedPairing | undefined {
  const { header, pairing } = asked
  const recipient = sha256(pairing.publicBytes).toString('base64url')
  if (header.recipient !== recipient) return undefined
  try {
    return read(asked)
  } catch (error) {
    const isTheirs =
      error instanceof HpkeError || error instanceof JwkError || error instanceof PaddingError
    if (isTheirs || isInvalidKey(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}

const isInvalidKey = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_INVALID_JWK'

function read({ header, enc, ct, pairing, memory, secrets }: Pairing): OpenedPairing | undefined {
  const context: RecipientContext = setupPskR({
    enc: bytesOf(enc),
    recipient: pairing,
    info: envelopeInfo(header.purpose, sha256(jcsBytes(header))),
    psk: secrets.label,
    pskId: new TextEncoder().encode(memory.device),
  })
  const plain = context.open(envelopeAad(header, { device: memory.device }), bytesOf(ct))
  const content: unknown = JSON.parse(new TextDecoder().decode(unpad(plain)))
  if (!contentShape.Check(content)) return undefined
  const { terminal, signing_key } = content
  const point = pointOfJwk(signing_key)
  createPublicKey({ key: signing_key, format: 'jwk' })
  const key = context.exportSecret(new TextEncoder().encode(PAIR_EXPORT), 32)
  const proof = createHmac('sha256', key).update('paired').digest('base64url')
  key.fill(0)
  const thumbprint = sha256(thumbprintInput(signing_key))
  const data = pairingBytes({ device: memory.device, terminal, thumbprint })
  return { phone: { terminal, point }, proof, data }
}

/** A request of the link, signed by this phone. */
export function isSignedBy({ point }: Phone, request: object, signature: string): boolean {
  const key = createPublicKey({ key: jwkOfPoint(point), format: 'jwk' })
  const bytes = Buffer.concat([Buffer.from(LINK_LABEL), jcsBytes(request)])
  return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, bytesOf(signature))
}
