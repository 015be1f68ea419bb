/**
 * For tests: a person with a software passkey and a terminal's two keys, as the vault meets them
 * through the server. Each step can be taken wrongly, so that the vault's refusals can be seen.
 */
import { createHash, createHmac, type KeyObject, sign } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseR } from '@warifu/crypto/hpke'
import {
  contentDigestHeader,
  signatureBase,
  signatureHeader,
  signatureInput,
} from '@warifu/crypto/http-signature'
import { unpad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import {
  type Assertion,
  assert as assertPasskey,
  createPasskey,
  type Passkey,
} from '@warifu/devices/passkey'
import type { Id } from '@warifu/protocol/ids'
import { type PaymentStatement, POP_EXPORT, type SealedMessage } from '@warifu/protocol/sealed'
import type { PresentBody, SignedRequest, VaultInput, VaultOutput } from '@warifu/protocol/vault'
import type { Dispatch } from './dispatcher.ts'
import { thumbprintOf } from './public-key.ts'
import { ask, chance, newId, wallet } from './test-vault.ts'
import type { KeyPair } from './given.ts'

export const sha256 = (bytes: Uint8Array | string): Buffer =>
  createHash('sha256').update(bytes).digest()
export const digestOf = (bytes: Uint8Array | string): string => sha256(bytes).toString('base64url')

export type Person = {
  readonly cardholder: Id<'chl'>
  readonly terminal: Id<'trm'>
  readonly passkey: Passkey
  readonly registration: VaultInput<'register_passkey'>
  readonly sealing: KeyPair
  readonly signing: KeyPair
}

export function createPerson(): Person {
  const cardholder = newId('chl')
  const challenge = toBase64url(chance.bytes(32))
  const { passkey, attestation } = createPasskey({
    options: {
      rp: { id: wallet.rpId },
      user: { id: toBase64url(Buffer.from(cardholder)) },
      challenge,
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    },
    origin: wallet.origin,
    random: chance.bytes,
  })
  return {
    cardholder,
    terminal: newId('trm'),
    passkey,
    registration: { cardholder, challenge, attestation },
    sealing: chance.keyPair(),
    signing: chance.keyPair(),
  }
}

/** The person's passkey over this challenge; user verified unless said otherwise. */
export const assertionOf = (
  { passkey }: Person,
  challenge: string,
  { userVerified = true, origin = wallet.origin, rpId = wallet.rpId } = {},
): Assertion => assertPasskey({ passkey, challenge, origin, rpId, userVerified })

export const signRaw = (key: KeyObject, message: Uint8Array): Buffer =>
  sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })

/** An honest admission, or one whose statement names another origin. */
export function admissionOf(
  person: Person,
  { origin = wallet.origin, voucher = person } = {},
): VaultInput<'admit_terminal'> {
  const sealing_key = jwkOfPoint(person.sealing.publicBytes)
  const signing_key = jwkOfPoint(person.signing.publicBytes)
  const nonce = toBase64url(chance.bytes(32))
  const bytes = jcsBytes({
    nonce,
    origin,
    sealing_thumbprint: thumbprintOf(sealing_key),
    signing_thumbprint: thumbprintOf(signing_key),
  })
  return {
    terminal: person.terminal,
    cardholder: person.cardholder,
    nonce,
    sealing_key,
    signing_key,
    signature: toBase64url(signRaw(person.signing.privateKey, bytes)),
    assertion: assertionOf(voucher, digestOf(bytes)),
    now: '2026-05-01T10:00:00.000Z',
  }
}

/** Opens a sealed message with the terminal's own key. */
export function openMessage(person: Person, message: SealedMessage, context: object) {
  const { header } = message
  const hpke = setupBaseR({
    enc: fromBase64url(message.enc),
    recipient: person.sealing,
    info: envelopeInfo(header.purpose, sha256(jcsBytes(header))),
  })
  return { plaintext: hpke.open(envelopeAad(header, context), fromBase64url(message.ct)), hpke }
}

export function proofOf(person: Person, challenge: SealedMessage): string {
  const { plaintext, hpke } = openMessage(person, challenge, { terminal: person.terminal })
  const key = hpke.exportSecret(Buffer.from(POP_EXPORT), 32)
  return createHmac('sha256', key).update(plaintext).digest('base64url')
}

/** The output of a call that must succeed. The vault checked it against the operation's schema. */
export async function must<O extends Parameters<typeof ask>[1]>(
  dispatch: Dispatch,
  operation: O,
  input: VaultInput<O>,
): Promise<VaultOutput<O>> {
  const answer = await ask(dispatch, operation, input)
  if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(answer)}`)
  return answer.output as VaultOutput<O>
}

export async function enrol(dispatch: Dispatch, person: Person): Promise<Person> {
  await must(dispatch, 'register_passkey', person.registration)
  const { challenge } = await must(dispatch, 'admit_terminal', admissionOf(person))
  const proof = proofOf(person, challenge)
  await must(dispatch, 'confirm_terminal', { terminal: person.terminal, proof })
  return person
}

export type Carried = { readonly card: Id<'crd'>; readonly blob: string }

/** A card made for this person and installed on their terminal. */
export async function carryCard(dispatch: Dispatch, person: Person): Promise<Carried> {
  const card = newId('crd')
  const { cardholder, terminal } = person
  await must(dispatch, 'make_card', { card, cardholder, bin: '999123', expires: '2030-04' })
  const now = '2026-05-01T10:00:00.000Z'
  const scheme = 'double_sealed'
  const sealed = await must(dispatch, 'seal_card', { card, terminal, scheme, now })
  return { card, blob: peel(person, sealed) }
}

export function peel(person: Person, { sealed, inner_digest }: VaultOutput<'seal_card'>): string {
  const context = { inner_digest, terminal: sealed.header.recipient }
  return Buffer.from(unpad(openMessage(person, sealed, context).plaintext)).toString('utf8')
}

export const statementOf = ({ card, blob }: Carried): PaymentStatement => ({
  content: {
    approval: newId('apr'),
    subject: { kind: 'payment', id: newId('pay') },
    amount: 1200,
    currency: 'jpy',
    extent: 'exact',
    payee: { id: newId('mer'), name: 'Kissa Mori', store: newId('str'), place: 'Kyoto' },
    order_digest: digestOf('an order'),
    card: 'own_card',
    presentment: 'wallet',
    factors: ['terminal_signature', 'user_verification'],
    match_number: null,
    mandate: null,
    deadline_at: '2026-05-01T10:05:00.000Z',
  },
  card,
  blob_digest: digestOf(blob),
})

/** A presentation as the wallet makes it. */
export function presentationOf(person: Person, carried: Carried): PresentBody {
  const statement = statementOf(carried)
  const assertion = assertionOf(person, digestOf(jcs(statement)))
  return { statement, blob: carried.blob, assertion }
}

type Signing = { readonly path?: string; readonly method?: 'POST' | 'GET'; readonly keyid?: string }

/** The request over this body, signed by the person's terminal. */
export function signedRequest(person: Person, body: object, own: Signing = {}): SignedRequest {
  const bytes = Buffer.from(JSON.stringify(body))
  const path = own.path ?? pathOf(body)
  const method = own.method ?? 'POST'
  const keyid = own.keyid ?? thumbprintOf(jwkOfPoint(person.signing.publicBytes))
  const input = signatureInput({ createdS: 1_777_629_600, keyid })
  const contentDigest = contentDigestHeader(sha256(bytes))
  const params = input.slice(input.indexOf('=') + 1)
  const base = signatureBase({ method, path, query: '', contentDigest, counter: '1' }, params)
  return {
    method,
    path,
    query: '',
    content_digest: contentDigest,
    counter: '1',
    signature_input: input,
    signature: signatureHeader(signRaw(person.signing.privateKey, Buffer.from(base))),
    body: toBase64url(bytes),
  }
}

const pathOf = (body: object): string => {
  const id = /pay_[0-9A-Z]{26}/.exec(JSON.stringify(body))?.[0] ?? newId('pay')
  return `/v1/payments/${id}/present`
}

export const openingOf = (person: Person, carried: Carried): VaultInput<'open_card'> => ({
  terminal: person.terminal,
  request: signedRequest(person, presentationOf(person, carried)),
})
