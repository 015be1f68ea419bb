/**
 * What a terminal remembers of an answer, whether it came at once or after a retry.
 *
 * A table by endpoint, so that an answer that was cut off teaches the same as one that was not.
 * Browser-safe.
 */
import type { EndpointName, Reply } from '@warifu/protocol/contract'
import { type RawAnswer, readAnswer } from '@warifu/sdk/api-call'
import { peel } from './open-sealed.ts'
import type { SignedRequest } from './signed-request.ts'
import { keepBlob, thumbprintOf } from './terminal-keys.ts'
import { speakerOf, type TerminalState } from './terminal-state.ts'

type LearningNeeds = {
  readonly nowMs: () => number
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
}

type Lesson<N extends EndpointName> = (
  needs: LearningNeeds,
  state: TerminalState,
  reply: Reply<N>,
) => TerminalState | Promise<TerminalState>

const lessons: { readonly [N in EndpointName]?: Lesson<N> } = {
  createApplication: (_, state, { id }) => ({ ...state, application: id, verification: null }),
  startVerification: (_, state, { id }) => ({ ...state, verification: id }),
  answerVerification: (_, state) => ({ ...state, verification: null }),
  installCard: keepCard,
  confirmInstallation: (_, state, { id }) => ({
    ...state,
    cards: state.cards.map((card) => (card.card === id ? { ...card, is_confirmed: true } : card)),
  }),
}

export const learn = (
  needs: LearningNeeds,
  state: TerminalState,
  { request, answer }: { readonly request: SignedRequest; readonly answer: RawAnswer },
): Promise<TerminalState> => teach(needs, state, { name: request.name, answer })

async function teach<N extends EndpointName>(
  needs: LearningNeeds,
  state: TerminalState,
  { name, answer }: { readonly name: N; readonly answer: RawAnswer },
): Promise<TerminalState> {
  const reply = readAnswer(name, answer)
  const lesson = lessons[name]
  return lesson === undefined ? state : lesson(needs, state, reply)
}

/** The one moment at which the terminal's layer is peeled off; then the local key's is put on. */
async function keepCard(
  { nowMs, random }: LearningNeeds,
  state: TerminalState,
  offered: Reply<'installCard'>,
): Promise<TerminalState> {
  const { keys } = speakerOf(state)
  const { card, inner_digest, last4, expires } = offered
  const context = { inner_digest, terminal: await thumbprintOf(keys.sealing.publicKey) }
  const blob = await peel(
    { sealing: keys.sealing, message: offered.sealed, nowMs: nowMs() },
    context,
  )
  const kept = await keepBlob(keys.local, { card, blob, iv: random(12) })
  const others = state.cards.filter((other) => other.card !== card)
  const installed = { card, installation: offered.id, last4, expires, inner_digest, kept }
  return { ...state, cards: [...others, { ...installed, is_confirmed: false }] }
}
