/**
 * For tests: certificates (RFC 5280) of P-256 keys, written here as DER and signed by node:crypto.
 * They are good for the name `vault` and for 127.0.0.1.
 */
import { type KeyObject, sign } from 'node:crypto'

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const short = Buffer.of(tag, body.length)
  const long = Buffer.of(tag, 0x82, body.length >> 8, body.length & 255)
  return Buffer.concat([body.length < 128 ? short : long, body])
}
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts)
const ecdsaWithSha256 = sequence(hex('06082a8648ce3d040302'))
const nameOf = (text: string): Buffer =>
  sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from(text)))))
const extension = (oid: string, value: Buffer): Buffer => sequence(hex(oid), der(0x04, value))
const basicConstraints = extension('0603551d13', sequence(hex('0101ff')))
/** subjectAltName: the DNS name `vault` and the address 127.0.0.1. */
const addressName = extension('0603551d11', sequence(hex('82057661756c74'), hex('87047f000001')))

export type Identity = {
  readonly cert: Buffer
  readonly key: Buffer
  readonly privateKey: KeyObject
}
type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
type Issuer = { readonly name: string; readonly privateKey: KeyObject }

/** A certificate for this name and these keys; its own issuer, as a CA, where none is given. */
export function certify(name: string, { privateKey, publicKey }: Pair, issuer?: Issuer): Identity {
  const years = sequence(
    der(0x17, Buffer.from('250101000000Z')),
    der(0x17, Buffer.from('491231235959Z')),
  )
  const body = sequence(
    der(0xa0, hex('020102')),
    der(0x02, Buffer.concat([hex('01'), Buffer.from(name)])),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? name),
    years,
    nameOf(name),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(issuer === undefined ? basicConstraints : addressName)),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const text = sequence(body, ecdsaWithSha256, der(0x03, hex('00'), signature)).toString('base64')
  return {
    cert: Buffer.from(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`),
    key: Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    privateKey,
  }
}
