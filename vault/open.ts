/**
 * The payment path: who sends is checked before anything is opened, in this order.
 *
 *   terminal admitted → body digest → signature by its bound key (RFC 9421) → statement → passkey
 *   → this blob, this person, this card → only then decrypt → the number is that card's
 *
 * One read serves all calls of a frame; states are read fresh, imported keys are kept.
 */
import { timingSafeEqual } from 'node:crypto'
import { jcs } from '@warifu/crypto/jcs'
import { type InnerBlob, innerBlob } from '@warifu/protocol/sealed'
import { type PresentBody, presentBody, type VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { panIndex } from './cards.ts'
import { thumbprintCheckValue } from './public-key.ts'
import { openRecord } from './record.ts'
import { sha256 } from './sealed-message.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { decodeBase64url } from './strict-base64url.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'open_card'>
type Refusal = RefusalOf<'open_card'>
type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

const presentBodyShape = Compile(presentBody)
const innerBlobShape = Compile(innerBlob)
const presentPath = /^\/v1\/payments\/(pay_[0-9A-HJKMNP-TV-Z]{26})\/present$/

/** The payment that a call is about, for the audit's reference. */
export const paymentOf = ({ request }: Call): string | undefined =>
  presentPath.exec(request.path)?.[1]

export async function openCards(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'open_card'>[]> {
  const senders = await readSenders(
    sql,
    calls.map(({ terminal }) => terminal),
  )
  return calls.map((call) => openCard(world, call, senders.get(call.terminal)))
}

function openCard(world: World, call: Call, sender: Sender | undefined): Answer<'open_card'> {
  const body = verifySender(world, call, sender)
  if (!body.ok) return body
  const presented = readPresented(world, call, body.value)
  if (!presented.ok) return presented
  return openBlob(world, presented.value)
}

type Sent = { readonly sender: Sender; readonly body: Uint8Array }

/** Nothing of the body is parsed before its signature stands. */
function verifySender(
  { verifyRequest }: World,
  { request }: Call,
  sender: Sender | undefined,
): Step<Sent> {
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  const isPresentation =
    request.method === 'POST' && request.query === '' && presentPath.test(request.path)
  if (!isPresentation) return no('signature_invalid')
  const body = verifyRequest(request, sender)
  return body === undefined ? no('signature_invalid') : yes({ sender, body })
}

type Presented = Omit<PresentBody, 'assertion'> & {
  readonly sender: Sender
  readonly userVerified: boolean
}

/** What was signed, and the passkey's assertion over it where there is one. */
function readPresented(
  { verifyAssertion }: World,
  call: Call,
  { sender, body }: Sent,
): Step<Presented> {
  const presented = parseJson(body)
  if (!presentBodyShape.Check(presented)) return no('statement_invalid')
  const { statement, blob, assertion } = presented
  if (statement.content.subject.id !== paymentOf(call)) return no('statement_invalid')
  const { credential } = sender
  if (assertion !== undefined) {
    const challenge = sha256(jcs(statement)).toString('base64url')
    if (credential === undefined || !verifyAssertion({ assertion, credential, challenge }))
      return no('assertion_invalid')
  }
  return yes({ sender, statement, blob, userVerified: assertion !== undefined })
}

function openBlob(
  world: World,
  { sender, statement, blob, userVerified }: Presented,
): Answer<'open_card'> {
  if (sha256(blob).toString('base64url') !== statement.blob_digest) return no('blob_mismatch')
  const inner = readBlob(blob)
  if (inner === undefined) return no('blob_invalid')
  if (inner.header.cardholder !== sender.cardholder) return no('cardholder_mismatch')
  if (inner.header.card !== statement.card) return no('blob_mismatch')
  const index = sender.cards.get(statement.card)
  if (index === undefined) return no('card_unknown')
  const { key } = sender
  if (key === undefined || inner.header.kid !== key.kid) return no('blob_invalid')
  if (!carriesCard(world, { inner, key, index })) return no('blob_invalid')
  return yes({
    card: statement.card,
    cardholder: sender.cardholder,
    content_digest: sha256(jcs(statement.content)).toString('base64url'),
    user_verified: userVerified,
    signed_with: {
      kid: sender.signing_thumbprint,
      check_value: thumbprintCheckValue(sender.signing_thumbprint),
    },
    opened_with: { kid: key.kid, check_value: key.check_value },
  })
}

type Carrying = {
  readonly inner: InnerBlob
  readonly key: NonNullable<Sender['key']>
  readonly index: Uint8Array
}

/** Opens the blob and finds its number, by keyed hash, to be the named card's. */
function carriesCard({ hierarchy, probe }: World, { inner, key, index }: Carrying): boolean {
  const [wrapped_key, iv, ct] = [inner.wrapped_key, inner.iv, inner.ct].map(decodeBase64url)
  if (wrapped_key === undefined || iv === undefined || ct === undefined) return false
  probe.decrypted()
  const kek = hierarchy.cardholderKey(key)
  const data = openRecord({ kek, header: inner.header, sealed: { wrapped_key, iv, ct } })
  return data !== undefined && timingSafeEqual(panIndex(hierarchy, data.pan), index)
}

function readBlob(text: string): InnerBlob | undefined {
  const bytes = decodeBase64url(text)
  const blob = bytes === undefined ? undefined : parseJson(bytes)
  return innerBlobShape.Check(blob) ? blob : undefined
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
