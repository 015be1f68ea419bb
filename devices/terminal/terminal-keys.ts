/**
 * A terminal's keys, by WebCrypto: an ECDH pair that cards are sealed to, an ECDSA pair that signs
 * its requests (both P-256), and a local AES-256-GCM key under which the card is kept.
 *
 * None can be exported unless the caller says so: only a software terminal, which must write its
 * keys to a file, does. "Non-extractable" binds the API, not who copies the browser's profile
 * (SECURITY.md). Browser-safe.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type PublicJwk, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'

export type TerminalKeys = {
  readonly sealing: CryptoKeyPair
  readonly signing: CryptoKeyPair
  readonly local: CryptoKey
}

/** The card's blob under the local key: base64url, AES-256-GCM (SP 800-38D). */
export type KeptBlob = { readonly iv: string; readonly ct: string }

const utf8 = new TextEncoder()
const { subtle } = crypto

const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const
const LOCAL = { name: 'AES-GCM', length: 256 } as const

export const makeKeys = async (extractable: boolean): Promise<TerminalKeys> => ({
  sealing: await subtle.generateKey(ECDH, extractable, ['deriveBits']),
  signing: await makeSigningKey(extractable),
  local: await subtle.generateKey(LOCAL, extractable, ['encrypt', 'decrypt']),
})

export const makeSigningKey = (extractable: boolean): Promise<CryptoKeyPair> =>
  subtle.generateKey(ECDSA, extractable, ['sign', 'verify'])

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.digest('SHA-256', bytes))
}

export const digestOf = async (text: string): Promise<string> =>
  toBase64url(await sha256(utf8.encode(text)))

/** base64url(SHA-256(JCS(value))): how orders and statements are named. */
export const digestOfJson = async (value: unknown): Promise<string> =>
  toBase64url(await sha256(jcsBytes(value)))

export async function publicJwkOf(key: CryptoKey): Promise<PublicJwk> {
  const { x, y } = await subtle.exportKey('jwk', key)
  if (x === undefined || y === undefined) throw new TypeError('not an elliptic-curve key')
  return { kty: 'EC', crv: 'P-256', x, y }
}

/** The name of a key: its RFC 7638 thumbprint. */
export const thumbprintOf = async (key: CryptoKey): Promise<string> =>
  thumbprintOfJwk(await publicJwkOf(key))

export const thumbprintOfJwk = (jwk: PublicJwk): Promise<string> => digestOf(thumbprintInput(jwk))

/** ECDSA P-256 with SHA-256; 64 bytes, r ‖ s (IEEE P1363). */
export async function sign(
  { privateKey }: CryptoKeyPair,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes))
}

export async function hmac(
  key: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign'])
  return new Uint8Array(await subtle.sign('HMAC', imported, bytes))
}

/** What the local key binds a blob to: this use and this card. */
const localAad = (card: string) => utf8.encode(`warifu/1/kept-blob\0${card}`)

export async function keepBlob(
  local: CryptoKey,
  { card, blob, iv }: { card: string; blob: string; iv: Uint8Array<ArrayBuffer> },
): Promise<KeptBlob> {
  const parameters = { name: 'AES-GCM', iv, additionalData: localAad(card) }
  const ct = await subtle.encrypt(parameters, local, utf8.encode(blob))
  return { iv: toBase64url(iv), ct: toBase64url(new Uint8Array(ct)) }
}

export async function fetchBlob(
  local: CryptoKey,
  { card, kept }: { card: string; kept: KeptBlob },
): Promise<string> {
  const parameters = {
    name: 'AES-GCM',
    iv: fromBase64url(kept.iv),
    additionalData: localAad(card),
  }
  return new TextDecoder().decode(await subtle.decrypt(parameters, local, fromBase64url(kept.ct)))
}
