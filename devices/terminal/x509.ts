/**
 * Certificate requests (PKCS#10, RFC 2986) and certificates (RFC 5280), by @peculiar/x509. A file
 * of its own, since it is large: certificate.ts loads it when somebody has a certificate at all.
 */
import 'reflect-metadata'
import { PemConverter, Pkcs10CertificateRequestGenerator, X509Certificate } from '@peculiar/x509'

const ECDSA = { name: 'ECDSA', hash: 'SHA-256' } as const

/** PEM (RFC 7468) of a request for this key, signed with it. */
export async function requestFor(keys: CryptoKeyPair, name: string): Promise<string> {
  const asked = { name: [{ CN: [name] }], keys, signingAlgorithm: ECDSA }
  return (await Pkcs10CertificateRequestGenerator.create(asked)).toString('pem')
}

/** The certificate for this key among those of a chain; undefined where there is none. */
export async function certificateFor(
  { publicKey }: CryptoKeyPair,
  chain: readonly X509Certificate[],
): Promise<Uint8Array | undefined> {
  const own = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
  const mine = chain.find((one) => isSame(new Uint8Array(one.publicKey.rawData), own))
  return mine && new Uint8Array(mine.rawData)
}

/** Nothing here is secret. */
const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

/** The certificates of a file: one as DER, or any number as PEM. Undefined: there are none. */
export function readChain(file: Uint8Array<ArrayBuffer>): X509Certificate[] | undefined {
  const text = new TextDecoder().decode(file)
  try {
    const ders = text.includes('-----BEGIN ') ? certificatesIn(text) : [file]
    return ders.length === 0 ? undefined : ders.map((der) => new X509Certificate(der))
  } catch {
    return undefined
  }
}

const certificatesIn = (pem: string) =>
  PemConverter.decodeWithHeaders(pem.replaceAll('\r\n', '\n'))
    .filter(({ type }) => type === PemConverter.CertificateTag)
    .map(({ rawData }) => rawData)
