/**
 * How a terminal asks: who it is in the request, one request at a time, never two with one counter.
 *
 * A write is signed with the next counter and saved, byte for byte, before it is sent. If no answer
 * comes it stays saved: `retry` sends the very same bytes, so the platform does it at most once.
 * Nothing else is written before that is settled. Browser-safe.
 */
import type { CallName, EndpointName, Reply } from '@warifu/protocol/contract'
import {
  type Api,
  ApiError,
  askOf,
  type Input,
  type RawAnswer,
  readAnswer,
  sendRaw,
} from '@warifu/sdk/api-call'
import type { Authenticator } from './authenticator.ts'
import { learn } from './learning.ts'
import { type SignedRequest, signRequest } from './signed-request.ts'
import { TerminalError } from './terminal-error.ts'
import { speakerOf, type TerminalState, type TerminalStore, type Turns } from './terminal-state.ts'

export type TerminalNeeds = Api & {
  /** The wallet's own origin: what passkeys and enrolments are bound to, where links lead. */
  readonly origin: string
  readonly nowMs: () => number
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
  readonly passkey: Authenticator
  readonly store: TerminalStore
  readonly turns: Turns
  /** Only a software terminal, which writes its keys to a file, says true. */
  readonly extractable: boolean
}

/** Changes the state, within a turn. */
export const update = (
  { store, turns }: TerminalNeeds,
  change: (state: TerminalState) => TerminalState,
): Promise<void> => turns(async () => store.save(change(await store.load())))

/** A signed read. It repeats the last counter; the platform looks at `created` only. */
export async function read<N extends CallName>(
  needs: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<Reply<N>> {
  return readAnswer(name, await sendRaw(needs, await signRead(needs, name, input)))
}

export async function signRead<N extends EndpointName>(
  needs: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<SignedRequest> {
  const state = await needs.store.load()
  const { terminal, keys } = speakerOf(state)
  return signRequest({ terminal, signing: keys.signing }, askOf(name, input), {
    counter: Math.max(1, state.counter),
    nowMs: needs.nowMs(),
  })
}

/** A signed write, sent once. Its answer is learnt from and returned. */
export const write = <N extends CallName>(
  needs: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<Reply<N>> =>
  needs.turns(async () => {
    const { request, state } = await nextRequest(needs, name, input)
    await needs.store.save({ ...state, unanswered: request })
    return readAnswer(name, await settle(needs, request))
  })

/** Signs a write and uses up its counter; sending it is left to the caller. */
export const prepare = <N extends EndpointName>(
  needs: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<SignedRequest> =>
  needs.turns(async () => {
    const { request, state } = await nextRequest(needs, name, input)
    await needs.store.save(state)
    return request
  })

/** Sends the write that has no answer again, as it was. */
export const retry = (
  needs: TerminalNeeds,
): Promise<{ readonly request: SignedRequest; readonly answer: RawAnswer }> =>
  needs.turns(async () => {
    const { unanswered: request } = await needs.store.load()
    if (request === null)
      throw new TerminalError('nothing_unanswered', 'Every request has had its answer.')
    return { request, answer: await settle(needs, request) }
  })

async function nextRequest<N extends EndpointName>(
  { store, nowMs }: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<{ readonly request: SignedRequest; readonly state: TerminalState }> {
  const state = await store.load()
  const { terminal, keys } = speakerOf(state)
  if (state.unanswered !== null)
    throw new TerminalError(
      'unanswered',
      'The last request has no answer yet: send it again first.',
    )
  const counter = state.counter + 1
  const signer = { terminal, signing: keys.signing }
  const request = await signRequest(signer, askOf(name, input), { counter, nowMs: nowMs() })
  return { request, state: { ...state, counter } }
}

/** Sends, and forgets the request only once its answer is final and what it teaches is kept. */
async function settle(needs: TerminalNeeds, request: SignedRequest): Promise<RawAnswer> {
  const answer = await sendRaw(needs, request)
  const state = await needs.store.load()
  try {
    const learnt = await learn(needs, state, { request, answer })
    await needs.store.save({ ...learnt, unanswered: null })
  } catch (error) {
    if (isFinal(error)) await needs.store.save({ ...state, unanswered: null })
    if (!(error instanceof ApiError)) throw error
  }
  return answer
}

/** Asking for the same again would bring nothing else. */
const isFinal = (error: unknown): boolean =>
  error instanceof ApiError
    ? error.outcome !== 'unknown' &&
      !['vault_unavailable', 'overloaded', 'internal_error'].includes(error.code)
    : error instanceof TerminalError
