/**
 * For tests: a terminal of each card scheme as the vault meets it, on node:crypto (the wallet's own
 * is devices/terminal, on WebCrypto). What it holds is in the open, so that a test can bend it.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseS, setupPskS } from '@warifu/crypto/hpke'
import { pad, unpad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import type { PaymentContent } from '@warifu/protocol/approval-content'
import {
  type ActivationParcel,
  CARD_BYTES,
  type Delivery,
  type PayContext,
  type SignedKey,
} from '@warifu/protocol/delivery'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { type SealedMessage, SUITE } from '@warifu/protocol/sealed'
import type { PresentBody, SignedRequest, VaultInput } from '@warifu/protocol/vault'
import { thumbprintOf } from './public-key.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import {
  contentOf,
  digestOf,
  must,
  NOW,
  openMessage,
  type Person,
  sha256,
  signedRequest,
} from './rehearsal-person.ts'

/** What a terminal of any scheme keeps of one card. */
export type Installed = {
  readonly scheme: Scheme
  readonly card: Id<'crd'>
  readonly digest: string
  /** The blob, or in `terminal_sealed` the card data itself. */
  readonly kept: string
  readonly payKey: SignedKey | undefined
  readonly number: string | undefined
  readonly secret: Uint8Array | undefined
}

/** A new card of this person's. */
export async function makeCard({ cardholder, stage }: Person): Promise<Id<'crd'>> {
  const card = stage.newId('crd')
  await must(stage.dispatch, 'make_card', { card, cardholder, bin: '999123', expires: '2030-04' })
  return card
}

/** A card of this scheme, installed; `activation_number` is dead until `activate`. */
export async function install(person: Person, scheme: Scheme): Promise<Installed> {
  const card = await makeCard(person)
  const sealing = { card, terminal: person.terminal, scheme, now: NOW }
  const output = await must(person.stage.dispatch, 'seal_card', sealing)
  return installedOf(person, { card, digest: output.inner_digest, delivery: output.delivery })
}

type Arrived = {
  readonly card: Id<'crd'>
  readonly digest: string
  readonly delivery: Delivery
}

export function installedOf(person: Person, { card, digest, delivery }: Arrived): Installed {
  const { scheme } = delivery
  const opened = 'sealed' in delivery ? open(person, delivery.sealed, digest) : delivery.blob
  const parcel: Partial<ActivationParcel> =
    scheme === 'activation_number' ? JSON.parse(opened) : { blob: opened }
  const { blob = '', number, secret } = parcel
  const payKey = 'payment_key' in delivery ? readKey(delivery.payment_key) : undefined
  return {
    scheme,
    card,
    digest,
    kept: blob,
    payKey,
    number,
    secret: secret === undefined ? undefined : fromBase64url(secret),
  }
}

function open(person: Person, sealed: SealedMessage, inner_digest: string): string {
  const context = { inner_digest, terminal: sealed.header.recipient }
  return Buffer.from(unpad(openMessage(person, sealed, context).plaintext)).toString('utf8')
}

/** The payload of a signed key; its signature is the terminal's business. */
export const readKey = (jws: string): SignedKey =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))

/** How a message to the vault may be made otherwise than an honest terminal makes it. */
export type Bent = {
  readonly context?: Partial<PayContext>
  readonly psk?: Uint8Array
  readonly payKey?: SignedKey
}

/** What travels: the blob as it is, or a message sealed for this payment. */
export function textOf(
  person: Person,
  installed: Installed,
  content: PaymentContent,
  bent: Bent = {},
): string {
  const payKey = bent.payKey ?? installed.payKey
  if (payKey === undefined) return installed.kept
  const context: PayContext = {
    scheme: installed.scheme,
    cardholder: person.cardholder,
    epoch: payKey.epoch,
    terminal: thumbprintOf(jwkOfPoint(person.signing.publicBytes)),
    card: installed.card,
    content_digest: digestOf(jcs(content)),
    ...bent.context,
  }
  const { kid, key } = payKey
  const header = { v: 1, suite: SUITE, purpose: 'card-pay', kid, recipient: kid } as const
  const dated = { ...header, created: NOW, exp: content.deadline_at }
  const setup = {
    recipientPublic: pointOfJwk(key),
    info: envelopeInfo('card-pay', sha256(jcsBytes(dated))),
    ephemeral: person.stage.chance.keyPair(),
  }
  const psk = bent.psk ?? installed.secret
  const { enc, context: sender } =
    psk === undefined
      ? setupBaseS(setup)
      : setupPskS({ ...setup, psk, pskId: Buffer.from(installed.card) })
  const ct = sender.seal(envelopeAad(dated, context), pad(Buffer.from(installed.kept), CARD_BYTES))
  return toBase64url(jcsBytes({ header: dated, enc: toBase64url(enc), ct: toBase64url(ct) }))
}

type Shown = {
  readonly content?: PaymentContent
  readonly text?: string
  readonly bent?: Bent
  /** The scheme that the statement names. */
  readonly as?: Scheme
}

/** A presentation as this terminal makes it, or with something else in its place. */
export function showing(person: Person, installed: Installed, shown: Shown = {}): PresentBody {
  const { content = contentOf(person.stage), bent, as = installed.scheme } = shown
  const text = shown.text ?? textOf(person, installed, content, bent)
  const { card } = installed
  const statement = { scheme: as, content, card, blob_digest: digestOf(text) }
  const assertion = assertionOf(person.passkey, digestOf(jcs(statement)))
  return { statement, blob: text, assertion }
}

export const presenting = (person: Person, body: PresentBody): VaultInput<'open_card'> => ({
  terminal: person.terminal,
  request: signedRequest(person, body),
})

type Returning = { readonly digest?: string; readonly number?: string; readonly path?: string }

/** The confirmation by which the one-time number comes back. */
export function confirmationOf(
  person: Person,
  installed: Installed,
  own: Returning = {},
): SignedRequest {
  const { digest = installed.digest, number = installed.number } = own
  const path = own.path ?? `/v1/installations/${person.stage.newId('ins')}/confirm`
  return signedRequest(person, { inner_digest: digest, activation_number: number }, { path })
}

export const activating = (
  person: Person,
  installed: Installed,
  own: Returning = {},
): VaultInput<'activate_card'> => ({
  terminal: person.terminal,
  request: confirmationOf(person, installed, own),
  now: NOW,
})

/** A card of this scheme that may pay. */
export async function ready(person: Person, scheme: Scheme): Promise<Installed> {
  const installed = await install(person, scheme)
  if (scheme === 'activation_number')
    await must(person.stage.dispatch, 'activate_card', activating(person, installed))
  return installed
}
