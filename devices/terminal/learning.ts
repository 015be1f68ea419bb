/**
 * What a terminal remembers of an answer, whether it came at once or after a retry.
 *
 * A table by endpoint, so that an answer that was cut off teaches the same as one that was not.
 * Browser-safe.
 */
import type { EndpointName, Reply } from '@warifu/protocol/contract'
import type { Scheme } from '@warifu/protocol/schemes'
import { type RawAnswer, readAnswer } from '@warifu/sdk/api-call'
import { installDelivery } from './schemes.ts'
import type { SignedRequest } from './signed-request.ts'
import { TerminalError } from './terminal-error.ts'
import { keepBlob } from './terminal-keys.ts'
import { type InstalledCard, speakerOf, type TerminalState } from './terminal-state.ts'
import { readVaultKey } from './vault-key.ts'

type LearningNeeds = {
  readonly nowMs: () => number
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
}

/** An answer, and the request that it answers. */
type Told<N extends EndpointName> = { readonly reply: Reply<N>; readonly request: SignedRequest }
type Lesson<N extends EndpointName> = (
  needs: LearningNeeds,
  state: TerminalState,
  told: Told<N>,
) => TerminalState | Promise<TerminalState>

const lessons: { readonly [N in EndpointName]?: Lesson<N> } = {
  createApplication: (_, state, { reply: { id }, request }) => ({
    ...state,
    application: id,
    verification: null,
    asked: [...state.asked, { application: id, scheme: schemeAskedBy(request) }].slice(-20),
  }),
  // A way to be identified that is done at once leaves nothing to answer.
  startVerification: (_, state, { reply: { id, status } }) => ({
    ...state,
    verification: status === 'sent' ? id : state.verification,
  }),
  replaceCard: awaitCard,
  renewCard: awaitCard,
  answerVerification: (_, state) => ({ ...state, verification: null }),
  installCard: keepCard,
  installMovedCard: keepCard,
  confirmInstallation: (_, state, { reply: { id } }) => ({
    ...state,
    cards: state.cards.map((card) =>
      card.card === id ? { ...card, number: null, is_confirmed: true } : card,
    ),
  }),
  renewPaymentKey: keepKey,
}

export const learn = (
  needs: LearningNeeds,
  state: TerminalState,
  { request, answer }: { readonly request: SignedRequest; readonly answer: RawAnswer },
): Promise<TerminalState> => teach(needs, state, { name: request.name, answer, request })

type Teaching<N extends EndpointName> = {
  readonly name: N
  readonly answer: RawAnswer
  readonly request: SignedRequest
}

async function teach<N extends EndpointName>(
  needs: LearningNeeds,
  state: TerminalState,
  { name, answer, request }: Teaching<N>,
): Promise<TerminalState> {
  const reply = readAnswer(name, answer)
  const lesson = lessons[name]
  return lesson === undefined ? state : lesson(needs, state, { reply, request })
}

/** Our own words, not the platform's answer to them. */
const schemeAskedBy = ({ body }: SignedRequest): Scheme => JSON.parse(body).scheme

/** Another card is on its way, in the scheme of the one that it replaces. */
function awaitCard(
  _: LearningNeeds,
  state: TerminalState,
  { reply: { id, scheme } }: Told<'replaceCard' | 'renewCard'>,
): TerminalState {
  const asked = [...state.asked, { application: id, scheme }].slice(-20)
  return { ...state, application: id, verification: null, asked }
}

/** Installed by its scheme, the one that was asked for; then the local key is put on. */
async function keepCard(
  { nowMs, random }: LearningNeeds,
  state: TerminalState,
  { reply: offered, request }: Told<'installCard'>,
): Promise<TerminalState> {
  const { keys } = speakerOf(state)
  const { card, inner_digest, last4, expires, delivery } = offered
  const { scheme } = delivery
  const asked = state.asked.find(({ application }) => request.path.includes(application))
  if (asked !== undefined && asked.scheme !== scheme)
    throw new TerminalError('scheme_mismatch', `Asked for ${asked.scheme}, and ${scheme} came.`)
  const payment_key = 'payment_key' in delivery ? delivery.payment_key : null
  const { vault_key: pinned, cardholder } = state
  if (payment_key !== null) await readVaultKey(payment_key, { pinned, cardholder, nowMs: nowMs() })
  const arriving = { keys, digest: inner_digest, nowMs: nowMs() }
  const { text, number } = await installDelivery(delivery, arriving)
  const lock = (blob: string) => keepBlob(keys.local, { card, blob, iv: random(12) })
  const installed: InstalledCard = {
    card,
    scheme,
    installation: offered.id,
    last4,
    expires,
    inner_digest,
    kept: await lock(text),
    payment_key,
    number: number === undefined ? null : await lock(number),
    shown: 'shown' in delivery ? delivery.shown : null,
    is_confirmed: false,
  }
  const others = state.cards.filter((other) => other.card !== card)
  return { ...state, cards: [...others, installed] }
}

/** The next key of a card, where it is the vault's and not older than the one kept. */
async function keepKey(
  { nowMs }: LearningNeeds,
  state: TerminalState,
  { reply: { card: id, payment_key } }: Told<'renewPaymentKey'>,
): Promise<TerminalState> {
  const { vault_key: pinned, cardholder } = state
  const kept = state.cards.find(({ card }) => card === id)?.payment_key ?? null
  await readVaultKey(payment_key, { pinned, cardholder, nowMs: nowMs(), kept })
  const cards = state.cards.map((card) => (card.card === id ? { ...card, payment_key } : card))
  return { ...state, cards }
}
