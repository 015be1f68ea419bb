/**
 * For tests: a person with a passkey and a terminal's two keys, as the vault meets them through
 * the server. Each step can be taken wrongly, so that the vault's refusals can be seen.
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
import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import { type PaymentStatement, POP_EXPORT, type SealedMessage } from '@warifu/protocol/sealed'
import type {
  PresentBody,
  SignedRequest,
  VaultInput,
  VaultOperation,
  VaultOutput,
} from '@warifu/protocol/vault'
import type { Dispatch } from './dispatcher.ts'
import type { KeyPair } from './given.ts'
import { thumbprintOf } from './public-key.ts'
import { ask, type Rehearsal, wallet } from './rehearsal.ts'
import { assertionOf, attestationOf, createPasskey, type Passkey } from './rehearsal-passkey.ts'

/** Where a person lives: the rehearsal they take part in. */
export type Stage = Pick<Rehearsal, 'chance' | 'newId' | 'dispatch'>

export type Person = {
  readonly stage: Stage
  readonly cardholder: Id<'chl'>
  readonly terminal: Id<'trm'>
  readonly passkey: Passkey
  readonly registration: VaultInput<'register_passkey'>
  readonly sealing: KeyPair
  readonly signing: KeyPair
}
export type Carried = { readonly card: Id<'crd'>; readonly blob: string }

export const NOW = '2027-01-05T00:00:00.000Z'
export const sha256 = (bytes: Uint8Array | string): Buffer =>
  createHash('sha256').update(bytes).digest()
export const digestOf = (bytes: Uint8Array | string): string => sha256(bytes).toString('base64url')
export const randomText = ({ chance }: Stage, size: number): string =>
  toBase64url(chance.bytes(size))

export function createPerson(stage: Stage): Person {
  const { chance, newId } = stage
  const cardholder = newId('chl')
  const challenge = randomText(stage, 32)
  const passkey = createPasskey(chance)
  return {
    stage,
    cardholder,
    terminal: newId('trm'),
    passkey,
    registration: { cardholder, challenge, attestation: attestationOf(passkey, challenge) },
    sealing: chance.keyPair(),
    signing: chance.keyPair(),
  }
}

const signRaw = (key: KeyObject, message: Uint8Array): Buffer =>
  sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })

/** An honest admission, or one whose statement names another origin, or with another voucher. */
export function admissionOf(
  person: Person,
  { origin = wallet.origin, voucher = person } = {},
): VaultInput<'admit_terminal'> {
  const sealing_key = jwkOfPoint(person.sealing.publicBytes)
  const signing_key = jwkOfPoint(person.signing.publicBytes)
  const nonce = randomText(person.stage, 32)
  const bytes = enrolmentBytes({ nonce, sealing_key, signing_key }, origin)
  return {
    terminal: person.terminal,
    cardholder: person.cardholder,
    nonce,
    sealing_key,
    signing_key,
    signature: toBase64url(signRaw(person.signing.privateKey, bytes)),
    assertion: assertionOf(voucher.passkey, digestOf(bytes)),
    now: NOW,
  }
}

type Enrolling = Pick<VaultInput<'admit_terminal'>, 'nonce' | 'sealing_key' | 'signing_key'>

const enrolmentBytes = (
  { nonce, sealing_key, signing_key }: Enrolling,
  origin = wallet.origin,
): Uint8Array =>
  jcsBytes({
    nonce,
    origin,
    sealing_thumbprint: thumbprintOf(sealing_key),
    signing_thumbprint: thumbprintOf(signing_key),
  })

/** What the passkey's challenge is in an admission: the digest of its enrolment. */
export const enrolmentDigestOf = (admission: VaultInput<'admit_terminal'>): string =>
  digestOf(enrolmentBytes(admission))

/** Opens a sealed message with the terminal's own key. */
type Message = Omit<SealedMessage, 'header'> & {
  readonly header: Omit<SealedMessage['header'], 'purpose'> & { readonly purpose: string }
}

export function openMessage(person: Person, message: Message, context: object) {
  const { header } = message
  const hpke = setupBaseR({
    enc: fromBase64url(message.enc),
    recipient: person.sealing,
    info: envelopeInfo(header.purpose, sha256(jcsBytes(header))),
  })
  return { plaintext: hpke.open(envelopeAad(header, context), fromBase64url(message.ct)), hpke }
}

export function proofOf(
  person: Person,
  { challenge, vault_key: pinned }: VaultOutput<'admit_terminal'>,
): string {
  const vault_key = thumbprintOf(pinned)
  const context = { terminal: person.terminal, vault_key }
  const { plaintext, hpke } = openMessage(person, challenge, context)
  const key = hpke.exportSecret(Buffer.from(POP_EXPORT), 32)
  return createHmac('sha256', key).update(plaintext).digest('base64url')
}

/** The output of a call that must succeed; the vault held it against the operation's schema. */
export async function must<O extends VaultOperation>(
  dispatch: Dispatch,
  operation: O,
  input: VaultInput<O>,
): Promise<VaultOutput<O>> {
  const answer = await ask(dispatch, operation, input)
  if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(answer)}`)
  return answer.output as VaultOutput<O>
}

/** A terminal that was admitted and has yet to prove its sealing key. */
export async function offer(stage: Stage): Promise<{ person: Person; proof: string }> {
  const { dispatch } = stage
  const person = createPerson(stage)
  await must(dispatch, 'register_passkey', person.registration)
  const admitted = await must(dispatch, 'admit_terminal', admissionOf(person))
  return { person, proof: proofOf(person, admitted) }
}

export async function enrol(stage: Stage): Promise<Person> {
  const { person, proof } = await offer(stage)
  await must(stage.dispatch, 'confirm_terminal', { terminal: person.terminal, proof })
  return person
}

/** A card made for this person and installed on their terminal. */
export async function carryCard(person: Person): Promise<Carried> {
  const { cardholder, terminal, stage } = person
  const card = stage.newId('crd')
  const made = { card, cardholder, bin: '999123', expires: '2030-04' }
  await must(stage.dispatch, 'make_card', made)
  const sealing = { card, terminal, scheme: 'double_sealed', now: NOW } as const
  return { card, blob: peel(person, await must(stage.dispatch, 'seal_card', sealing)) }
}

export function peel(person: Person, output: VaultOutput<'seal_card'>): string {
  const { delivery, inner_digest } = output
  if (delivery.scheme !== 'double_sealed') throw new Error('nothing to peel')
  const { sealed } = delivery
  const context = { inner_digest, terminal: sealed.header.recipient }
  return Buffer.from(unpad(openMessage(person, sealed, context).plaintext)).toString('utf8')
}

export const statementOf = (stage: Stage, { card, blob }: Carried): PaymentStatement => ({
  scheme: 'double_sealed',
  content: contentOf(stage),
  card,
  blob_digest: digestOf(blob),
})

export const contentOf = ({ newId }: Stage): PaymentContent => ({
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
  deadline_at: '2027-01-05T00:05:00.000Z',
})

/** A presentation as the wallet makes it. */
export function presentationOf(person: Person, carried: Carried): PresentBody {
  const statement = statementOf(person.stage, carried)
  const assertion = assertionOf(person.passkey, digestOf(jcs(statement)))
  return { statement, blob: carried.blob, assertion }
}

type Signing = { readonly path?: string; readonly method?: 'POST' | 'GET'; readonly keyid?: string }

/** The request over this body, signed by the person's terminal. */
export function signedRequest(person: Person, body: object, own: Signing = {}): SignedRequest {
  const bytes = Buffer.from(JSON.stringify(body))
  const { path = pathOf(body), method = 'POST' } = own
  const keyid = own.keyid ?? thumbprintOf(jwkOfPoint(person.signing.publicBytes))
  const input = signatureInput({ createdS: 1_799_107_200, keyid })
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

const pathOf = (body: object): string =>
  `/v1/payments/${/pay_[0-9A-Z]{26}/.exec(JSON.stringify(body))?.[0]}/present`

export const openingOf = (person: Person, carried: Carried): VaultInput<'open_card'> => ({
  terminal: person.terminal,
  request: signedRequest(person, presentationOf(person, carried)),
})
