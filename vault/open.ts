/**
 * The payment path: who sends is checked before anything is opened, in this order.
 *
 *   terminal admitted → body digest → signature by its bound key (RFC 9421) → statement → passkey
 *   → these bytes → then by its scheme: this person, this card, only then decrypt → the number is
 *   that card's (vault/schemes)
 *
 * One read serves all calls of a frame; states are read fresh, imported keys are kept.
 */
import { jcs } from '@warifu/crypto/jcs'
import {
  type KeyName,
  presentBody,
  type VaultInput,
  type VaultOutput,
} from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { parseJson } from './parse-json.ts'
import type { Presented } from './schemes/scheme.ts'
import { vaultSchemes } from './schemes/schemes.ts'
import { digestOf } from './sealed-message.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'open_card'>
type Refusal = RefusalOf<'open_card'>
type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

const presentBodyShape = Compile(presentBody)
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
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const steps = calls.map((call) => verify(world, call, senders.get(call.terminal)))
  const presented = steps.flatMap((step) => (step.ok ? [step.value] : []))
  const opened = await openPresented(world, sql, presented)
  return steps.map((step) => (step.ok ? answerOf(opened, step.value) : step))
}

function answerOf(
  opened: ReadonlyMap<Presented, Answer<'open_card'>>,
  presented: Presented,
): Answer<'open_card'> {
  const answer = opened.get(presented)
  if (answer === undefined) throw new Error('a presentation without its answer')
  return answer
}

function verify(world: World, call: Call, sender: Sender | undefined): Step<Presented> {
  const body = verifySender(world, call, sender)
  return body.ok ? readPresented(world, call, body.value) : body
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
    const challenge = digestOf(jcs(statement))
    if (credential === undefined || !verifyAssertion({ assertion, credential, challenge }))
      return no('assertion_invalid')
  }
  const userVerified = assertion !== undefined
  return withBlob({ terminal: call.terminal, sender, statement, blob, userVerified })
}

/** The blob is the one that was signed for, and its card pays from this terminal. */
export function withBlob(sent: Omit<Presented, 'contentDigest'>): Step<Presented> {
  const { terminal, sender, statement, blob } = sent
  if (digestOf(blob) !== statement.blob_digest) return no('blob_mismatch')
  const home = sender.cards.get(statement.card)?.home ?? terminal
  if (home !== terminal) return no('card_moved')
  // Somebody else's card is the scheme's to refuse; one's own pays from where it was handed to.
  if (sender.cards.get(statement.card)?.isHere === false) return no('card_unknown')
  return yes({ ...sent, contentDigest: digestOf(jcs(statement.content)) })
}

/** The bytes are those signed for; how they open is the scheme's. */
export async function openPresented(
  world: World,
  sql: Sql,
  all: readonly Presented[],
): Promise<ReadonlyMap<Presented, Answer<'open_card'>>> {
  const answers = new Map<Presented, Answer<'open_card'>>()
  for (const scheme of new Set(all.map(({ statement }) => statement.scheme))) {
    const own = all.filter(({ statement }) => statement.scheme === scheme)
    const open = await vaultSchemes[scheme].opener(sql, own)
    for (const each of own) {
      const opened = open(world, each)
      answers.set(each, opened.ok ? yes(foundIn(each, opened.value)) : opened)
    }
  }
  return answers
}

const foundIn = (
  { sender, statement, contentDigest, userVerified }: Presented,
  openedWith: KeyName,
): VaultOutput<'open_card'> => ({
  card: statement.card,
  cardholder: sender.cardholder,
  content_digest: contentDigest,
  user_verified: userVerified,
  signed_with: sender.signedWith,
  opened_with: openedWith,
})
