/**
 * A person's X.509 certificate (RFC 5280): the private key stays on the terminal and signs the
 * digest of the application. Chain, validity, use of the key and revocation are judged here, by
 * @peculiar/x509 and WebCrypto; who is believed, and the revocation list, are passed in.
 */
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509Crl,
} from '@peculiar/x509'
import { toBase64url } from '@warifu/crypto/base64url'

export type Authority = {
  readonly certificate: Uint8Array
  /** The newest list that we have; undefined where there is none. */
  readonly crl: Uint8Array | undefined
}

export type CertificateFault =
  | 'certificate_unreadable'
  | 'certificate_not_trusted'
  | 'certificate_expired'
  | 'certificate_revoked'
  | 'certificate_unchecked'
  | 'certificate_signature'

export type Shown = {
  readonly certificate: Uint8Array
  readonly signature: Uint8Array
  /** What is signed: the digest of the application. */
  readonly digest: Uint8Array
}

type Judged =
  | { readonly ok: true; readonly subject: string; readonly serial: string }
  | { readonly ok: false; readonly fault: CertificateFault }

const no = (fault: CertificateFault): Judged => ({ ok: false, fault })
const LABEL = 'warifu/1/application\0'
/** The bytes that a certificate's key signs. */
export const signedBytes = (digest: Uint8Array): Uint8Array<ArrayBuffer> =>
  Buffer.concat([Buffer.from(LABEL), digest])

export async function judgeCertificate(
  { certificate, signature, digest }: Shown,
  authorities: readonly Authority[],
  nowMs: number,
): Promise<Judged> {
  const leaf = readCertificate(certificate)
  if (leaf === undefined) return no('certificate_unreadable')
  const path = isAuthority(leaf) ? undefined : await pathOf(leaf, authorities)
  if (path === undefined) return no('certificate_not_trusted')
  const at = new Date(nowMs)
  for (const one of [leaf, ...path.map(({ issuer }) => issuer)])
    if (one.notBefore > at || one.notAfter < at) return no('certificate_expired')
  for (const link of path) {
    const fault = await whyRevoked(link, at)
    if (fault !== undefined) return no(fault)
  }
  if (!(await isSignedBy(leaf, signature, signedBytes(digest)))) return no('certificate_signature')
  return { ok: true, subject: leaf.subject, serial: leaf.serialNumber }
}

export function readCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(der))
  } catch {
    return undefined
  }
}

type Link = {
  readonly certificate: X509Certificate
  readonly issuer: X509Certificate
  readonly crl: Uint8Array | undefined
}

/** Longer chains are nobody's whom we know. */
const LONGEST = 4

/**
 * Each certificate with the one that signed it, from the leaf up to a root. All issuers are ours:
 * the list of authorities has roots and those between, each with its revocation list.
 */
async function pathOf(
  leaf: X509Certificate,
  authorities: readonly Authority[],
): Promise<Link[] | undefined> {
  const path: Link[] = []
  for (let certificate = leaf; path.length < LONGEST; ) {
    const signer = await signerOf(certificate, authorities)
    if (signer === undefined) return undefined
    path.push({ certificate, ...signer })
    if (await signer.issuer.isSelfSigned()) return path
    certificate = signer.issuer
  }
  return undefined
}

/** An issuer is named by its subject, may sign certificates (RFC 5280 §4.2.1.3, .9), and did. */
async function signerOf(
  certificate: X509Certificate,
  authorities: readonly Authority[],
): Promise<Omit<Link, 'certificate'> | undefined> {
  for (const { certificate: der, crl } of authorities) {
    const issuer = readCertificate(der)
    if (issuer === undefined || issuer.subject !== certificate.issuer) continue
    if (!isAuthority(issuer)) continue
    if (await certificate.verify({ publicKey: issuer.publicKey, signatureOnly: true }))
      return { issuer, crl }
  }
  return undefined
}

function isAuthority(certificate: X509Certificate): boolean {
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages
  const maySign = usages === undefined || (usages & KeyUsageFlags.keyCertSign) !== 0
  return (certificate.getExtension(BasicConstraintsExtension)?.ca ?? false) && maySign
}

/** Without a good list nobody is believed. */
async function whyRevoked(
  { certificate, issuer, crl }: Link,
  at: Date,
): Promise<CertificateFault | undefined> {
  const list = crl && readList(crl)
  if (!list || !(await isGoodList(list, issuer, at))) return 'certificate_unchecked'
  return list.findRevoked(certificate.serialNumber) === null ? undefined : 'certificate_revoked'
}

export function readList(der: Uint8Array): X509Crl | undefined {
  try {
    return new X509Crl(Buffer.from(der))
  } catch {
    return undefined
  }
}

/** Of this issuer, signed by it, and neither of tomorrow nor run out. */
export async function isGoodList(
  list: X509Crl,
  issuer: X509Certificate,
  at: Date,
): Promise<boolean> {
  if (list.issuer !== issuer.subject || list.thisUpdate > at) return false
  if (list.nextUpdate === undefined || list.nextUpdate < at) return false
  return list.verify({ publicKey: issuer })
}

/** ECDSA and RSASSA-PKCS1-v1_5, with SHA-256 whatever the certificate itself is signed with. */
async function isSignedBy(
  { publicKey }: X509Certificate,
  signature: Uint8Array,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { name } = publicKey.algorithm
  if (name !== 'ECDSA' && name !== 'RSASSA-PKCS1-v1_5') return false
  const algorithm = { ...publicKey.algorithm, hash: 'SHA-256' }
  const key = await publicKey.export(algorithm, ['verify'])
  return crypto.subtle.verify(algorithm, key, Buffer.from(signature), bytes)
}

/** The fingerprint by which an authority is known. */
export const fingerprintOf = async (der: Uint8Array): Promise<string> =>
  toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from(der))))
