/**
 * HTTP Message Signatures (RFC 9421): the one profile in which a terminal signs its requests.
 *
 *   Signature-Input: warifu=("@method" "@path" "@query" "content-digest" "warifu-counter")
 *                    ;created=…;keyid="…";alg="ecdsa-p256-sha256";tag="warifu-terminal"
 *   Signature:       warifu=:<64 bytes, r ‖ s>:            (RFC 9421 §3.3.4)
 *   Content-Digest:  sha-256=:<32 bytes>:                  (RFC 9530)
 *
 * Nothing is negotiated: a header that is not exactly the profile is no signature. Browser-safe.
 */
import { fromBase64url, toBase64url } from './base64url.ts'

export class HttpSignatureError extends Error {
  override readonly name = 'HttpSignatureError'
  readonly code: 'invalid_component' | 'invalid_parameter'
  constructor(code: HttpSignatureError['code'], what: string) {
    super(what)
    this.code = code
  }
}

/** The covered components (RFC 9421 §2), as they came over the wire. */
export type SignedComponents = {
  readonly method: string
  readonly path: string
  /** As `URL.search`: empty, or with its question mark. */
  readonly query: string
  /** The whole Content-Digest header; a request without body carries the digest of no bytes. */
  readonly contentDigest: string
  readonly counter: string
}

export type SignatureInput = {
  readonly createdS: number
  /** RFC 7638 thumbprint of the signing key. */
  readonly keyid: string
}

const LABEL = 'warifu='
const COVERED = '("@method" "@path" "@query" "content-digest" "warifu-counter")'
const FIXED = ';alg="ecdsa-p256-sha256";tag="warifu-terminal"'
const VARIABLE = /^;created=(0|[1-9][0-9]{0,14});keyid="([A-Za-z0-9_-]{43})"$/

/** The Signature-Input header. */
export function signatureInput({ createdS, keyid }: SignatureInput): string {
  const params = `${COVERED};created=${createdS};keyid="${keyid}"${FIXED}`
  requireProfile(params)
  return LABEL + params
}

/** Reads a Signature-Input header; undefined where it is not exactly the profile. */
export function readSignatureInput(
  header: string,
): (SignatureInput & { readonly params: string }) | undefined {
  if (!header.startsWith(LABEL)) return undefined
  const params = header.slice(LABEL.length)
  const input = readParams(params)
  return input && { ...input, params }
}

function readParams(params: string): SignatureInput | undefined {
  if (!params.startsWith(COVERED) || !params.endsWith(FIXED)) return undefined
  const [, created, keyid] = VARIABLE.exec(params.slice(COVERED.length, -FIXED.length)) ?? []
  if (created === undefined || keyid === undefined) return undefined
  return { createdS: Number(created), keyid }
}

function requireProfile(params: string): void {
  if (readParams(params) === undefined)
    throw new HttpSignatureError('invalid_parameter', 'not the profile')
}

/** What each component may be; no value can bring a line of its own into the base. */
const allowed = {
  method: /^[A-Z]+$/,
  path: /^\/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*$/,
  query: /^(\?[!"$-~]*)?$/,
  counter: /^[1-9][0-9]{0,14}$/,
}

/** The bytes that are signed, as ASCII text (RFC 9421 §2.5). `params` as read or made above. */
export function signatureBase(components: SignedComponents, params: string): string {
  const { method, path, query, contentDigest, counter } = components
  requireProfile(params)
  requireComponent('method', allowed.method.test(method))
  requireComponent('path', allowed.path.test(path))
  requireComponent('query', allowed.query.test(query))
  requireComponent('content-digest', DIGEST.test(contentDigest))
  requireComponent('counter', allowed.counter.test(counter))
  // An absent query is signed as a lone question mark (RFC 9421 §2.2.7).
  return `"@method": ${method}
"@path": ${path}
"@query": ${query === '' ? '?' : query}
"content-digest": ${contentDigest}
"warifu-counter": ${counter}
"@signature-params": ${params}`
}

/** The Content-Digest header of a body with this SHA-256 digest. */
export function contentDigestHeader(sha256: Uint8Array): string {
  if (sha256.length !== 32) throw new HttpSignatureError('invalid_parameter', 'digest: 32 bytes')
  return `sha-256=${byteSequence(sha256)}`
}

export const readContentDigest = (header: string): Uint8Array<ArrayBuffer> | undefined =>
  readMember(header, DIGEST)

/** The Signature header of a 64-byte signature (r ‖ s, IEEE P1363). */
export function signatureHeader(signature: Uint8Array): string {
  if (signature.length !== 64)
    throw new HttpSignatureError('invalid_parameter', 'signature: 64 bytes')
  return LABEL + byteSequence(signature)
}

export const readSignature = (header: string): Uint8Array<ArrayBuffer> | undefined =>
  readMember(header, SIGNATURE)

function requireComponent(name: string, isValid: boolean): void {
  if (!isValid) throw new HttpSignatureError('invalid_component', name)
}

/** RFC 8941 §3.3.5: base64 of the other alphabet, with padding, between colons. */
function byteSequence(bytes: Uint8Array): string {
  const text = toBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/')
  return `:${text}${'='.repeat((4 - (text.length % 4)) % 4)}:`
}

/** 32 and 64 bytes in their one spelling: no bits are left over in the last letter. */
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])=:$/
const SIGNATURE = /^warifu=:([A-Za-z0-9+/]{85}[AQgw])==:$/

function readMember(header: string, form: RegExp): Uint8Array<ArrayBuffer> | undefined {
  const text = form.exec(header)?.[1]
  if (text === undefined) return undefined
  return fromBase64url(text.replaceAll('+', '-').replaceAll('/', '_'))
}
