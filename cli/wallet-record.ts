/** What stands in a software terminal's file, read strictly; keys as JWKs (RFC 7517), in clear. */

import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { TerminalKeys, TerminalState } from '@warifu/devices/terminal'
import { contract, type EndpointName } from '@warifu/protocol/contract'
import { signedKeyText } from '@warifu/protocol/delivery'
import { idOf } from '@warifu/protocol/ids'
import { session } from '@warifu/protocol/joining-objects'

import { schemes } from '@warifu/protocol/schemes'
import { base64url, closed, digest, oneOf, publicJwk } from '@warifu/protocol/shapes'

import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { Sorry } from './sorry.ts'

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const coordinate = base64url(32, 32)
const privateJwk = closed({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: coordinate,
  y: coordinate,
  d: coordinate,
})
const keys = closed({ sealing: privateJwk, signing: privateJwk, local: base64url(32, 32) })

const endpointName = Type.Unsafe<EndpointName>({ type: 'string', enum: Object.keys(contract) })
const signedRequest = closed({
  name: endpointName,
  method: Type.Union([Type.Literal('GET'), Type.Literal('POST')]),
  path: Type.String(),
  query: Type.String(),
  body: Type.String(),
  counter: Type.Integer({ minimum: 1 }),
  headers: Type.Record(Type.String(), Type.String()),
})
const keptBlob = closed({ iv: base64url(12, 12), ct: base64url(4096) })
const installedCard = closed({
  card: idOf('crd'),
  scheme: oneOf(schemes),
  installation: idOf('ins'),
  last4: Type.String(),
  expires: Type.String(),
  inner_digest: digest,
  kept: keptBlob,
  payment_key: orNull(signedKeyText),
  number: orNull(keptBlob),
  shown: orNull(Type.String()),
  is_confirmed: Type.Boolean(),
})
const state = closed({
  name: orNull(Type.String()),
  cardholder: orNull(idOf('chl')),
  credential: orNull(Type.String()),
  session: orNull(session),
  terminal: orNull(idOf('trm')),
  keys: orNull(keys),
  certificate: orNull(closed({ keys: privateJwk, request: Type.String() })),
  vault_key: orNull(publicJwk),
  counter: Type.Integer({ minimum: 0 }),
  unanswered: orNull(signedRequest),
  application: orNull(idOf('app')),
  asked: Type.Array(closed({ application: idOf('app'), scheme: oneOf(schemes) })),
  verification: orNull(idOf('ver')),
  cards: Type.Array(installedCard),
})
const walletRecord = closed({
  what: Type.Literal('software terminal, sandbox only: whoever reads this file can pay with it'),
  origin: Type.String(),
  passkey: orNull(
    closed({
      credentialId: Type.String(),
      privateKey: privateJwk,
      rpId: Type.String(),
      userHandle: Type.String(),
      signCount: Type.Literal(0),
    }),
  ),
  state: orNull(state),
})
export type WalletRecord = Static<typeof walletRecord>
type PackedState = Static<typeof state>

export function readWallet(text: string, path: string): WalletRecord {
  const value = parse(text)
  if (!Check(walletRecord, value))
    throw new Sorry(`${path} is not a wallet of this version: move it away and join again.`)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const { subtle } = crypto
const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const

export const packState = async (from: TerminalState): Promise<PackedState> => ({
  ...from,
  unanswered:
    from.unanswered === null
      ? null
      : { ...from.unanswered, headers: { ...from.unanswered.headers } },
  vault_key: from.vault_key === null ? null : { ...from.vault_key },
  asked: from.asked.map((each) => ({ ...each })),
  cards: from.cards.map((card) => ({
    ...card,
    kept: { ...card.kept },
    number: card.number === null ? null : { ...card.number },
  })),
  keys: from.keys === null ? null : await packKeys(from.keys),
  certificate: from.certificate && {
    keys: await privateJwkOf(from.certificate.keys.privateKey),
    request: from.certificate.request,
  },
})

export const unpackState = async (from: PackedState): Promise<TerminalState> => ({
  ...from,
  keys: from.keys === null ? null : await unpackKeys(from.keys),
  certificate: from.certificate && {
    keys: await pairOf(from.certificate.keys, SIGNING),
    request: from.certificate.request,
  },
})

const packKeys = async ({ sealing, signing, local }: TerminalKeys) => ({
  sealing: await privateJwkOf(sealing.privateKey),
  signing: await privateJwkOf(signing.privateKey),
  local: toBase64url(new Uint8Array(await subtle.exportKey('raw', local))),
})

async function privateJwkOf(key: CryptoKey): Promise<Static<typeof privateJwk>> {
  const { x = '', y = '', d = '' } = await subtle.exportKey('jwk', key)
  return { kty: 'EC', crv: 'P-256', x, y, d }
}

async function unpackKeys(from: Static<typeof keys>): Promise<TerminalKeys> {
  return {
    sealing: await pairOf(from.sealing, { algorithm: ECDH, uses: ['deriveBits'], verifies: [] }),
    signing: await pairOf(from.signing, SIGNING),
    local: await subtle.importKey('raw', fromBase64url(from.local), 'AES-GCM', true, [
      'encrypt',
      'decrypt',
    ]),
  }
}

type PairUse = {
  readonly algorithm: typeof ECDH | typeof ECDSA
  readonly uses: KeyUsage[]
  readonly verifies: KeyUsage[]
}

const SIGNING: PairUse = { algorithm: ECDSA, uses: ['sign'], verifies: ['verify'] }

const pairOf = async (
  { d, ...jwk }: Static<typeof privateJwk>,
  { algorithm, uses, verifies }: PairUse,
): Promise<CryptoKeyPair> => ({
  privateKey: await subtle.importKey('jwk', { ...jwk, d }, algorithm, true, uses),
  publicKey: await subtle.importKey('jwk', jwk, algorithm, true, verifies),
})
