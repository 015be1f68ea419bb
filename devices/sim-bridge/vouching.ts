/**
 * What leaves the bridge: a record sealed to its company's key, which stands in the same SIM, and
 * a statement that the SIM (INTERNAL AUTHENTICATE) and the bridge (ECDSA) answer for. Pure but for
 * the SIM's answer: key pairs and instants come from the caller.
 */
import { type KeyObject, sign } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { type HpkeKeyPair, setupBaseS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { sha256 } from '@warifu/crypto/sha256'
import type { CompanyKey } from '@warifu/crypto/sim-layout'
import { SUITE } from '@warifu/protocol/sealed'
import {
  SIM_PLAIN_BYTES,
  type SimContext,
  type SimHeader,
  type SimSealed,
  type SimVoucher,
  simLabels,
} from '@warifu/protocol/sim'

export const digestOf = (value: object): string => sha256(jcs(value)).toString('base64url')
export const thumbprintOf = (point: Uint8Array): string =>
  sha256(thumbprintInput(jwkOfPoint(point))).toString('base64url')

const LIFE_MS = 10 * 60 * 1000

export type Sealing = {
  readonly company: CompanyKey
  readonly purpose: SimHeader['purpose']
  readonly plain: Uint8Array
  readonly context: SimContext
  readonly ephemeral: HpkeKeyPair
  readonly nowMs: number
}

/** HPKE base mode (RFC 9180) with the house's header; wipes what it sealed. */
export function seal({ company, purpose, plain, context, ephemeral, nowMs }: Sealing): SimSealed {
  const kid = thumbprintOf(company.point)
  const header: SimHeader = {
    v: 1,
    suite: SUITE,
    purpose,
    kid,
    recipient: kid,
    created: new Date(nowMs).toISOString(),
    exp: new Date(nowMs + LIFE_MS).toISOString(),
  }
  const { enc, context: hpke } = setupBaseS({
    recipientPublic: company.point,
    info: envelopeInfo(purpose, sha256(jcsBytes(header))),
    ephemeral,
  })
  const padded = pad(plain, SIM_PLAIN_BYTES)
  const ct = hpke.seal(envelopeAad(header, context), padded)
  padded.fill(0)
  plain.fill(0)
  return { header, enc: toBase64url(enc), ct: toBase64url(ct) }
}

export type Vouching = {
  readonly label: keyof typeof simLabels
  readonly statement: object
  readonly key: KeyObject
  /** The SIM's answer over a digest. */
  readonly authenticate: (digest: Uint8Array) => Promise<Uint8Array>
}

export async function vouch({
  label,
  statement,
  key,
  authenticate,
}: Vouching): Promise<SimVoucher> {
  const bytes = Buffer.from(`${simLabels[label]}\0${jcs(statement)}`)
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
  return {
    authentication: toBase64url(await authenticate(sha256(bytes))),
    bridge_signature: toBase64url(signature),
  }
}
