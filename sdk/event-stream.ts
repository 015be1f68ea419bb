/**
 * Reading text/event-stream (HTML Living Standard, §9.2.6), and following one for good: whoever is
 * cut asks again from the last message read. Browser-safe; sleeping is the caller's, like `fetch`.
 */
import { ApiError, NoAnswer, refusalIn } from './api-call.ts'
import type { Runtime } from './runtime.ts'

export type StreamMessage = { readonly id: string; readonly event: string; readonly data: string }

export type EventStreamParser = {
  /** The messages that this text completes. */
  readonly feed: (text: string) => StreamMessage[]
  /** Where the stream stands: also a message without data moves it. */
  readonly lastEventId: () => string
}

/** No message of ours comes near it. */
const LONGEST = 1024 * 1024

export function createEventStreamParser(): EventStreamParser {
  let rest = ''
  let first = true
  let draft = { id: '', event: '', data: [] as string[] }
  let lastEventId = ''

  const endMessage = (): StreamMessage[] => {
    const { id, event, data } = draft
    lastEventId = id
    draft = { id, event: '', data: [] }
    if (data.length === 0) return []
    return [{ id, event: event === '' ? 'message' : event, data: data.join('\n') }]
  }
  const readLine = (line: string): StreamMessage[] => {
    if (line === '') return endMessage()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') draft.event = value
    else if (field === 'data') draft.data.push(value)
    else if (field === 'id' && !value.includes('\0')) draft.id = value
    return []
  }
  const feed = (text: string): StreamMessage[] => {
    if (text === '') return []
    rest += first ? text.replace(/^\uFEFF/, '') : text
    first = false
    // A carriage return at the end may be the first half of a line end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest
    const lines = whole.split(/\r\n|\r|\n/)
    rest = (lines.pop() ?? '') + rest.slice(whole.length)
    if (rest.length > LONGEST) throw new NoAnswer('answer_unreadable', 'A line without end.')
    return lines.flatMap(readLine)
  }
  return { feed, lastEventId: () => lastEventId }
}

export type Following = Pick<Runtime, 'sleep' | 'chance'> & {
  /** Stops for good. */
  readonly signal: AbortSignal
  /** The id of the last message read; without it the stream begins now. */
  readonly from?: string
  /** Told each time the stream is open, and each time it is cut. */
  readonly onState?: (state: 'open' | 'cut') => void
}

/** Asks once; the answer is the stream or a refusal. */
export type OpenStream = (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>

/** A server says something every 15 seconds; one that is silent for so long is gone. */
const SILENCE_MS = 45_000
const FIRST_REST_MS = 250
const LONGEST_REST_MS = 10_000

/** Messages without end. A refusal that asking again cannot change is thrown as ApiError. */
export async function* followStream(
  open: OpenStream,
  following: Following,
): AsyncGenerator<StreamMessage, void> {
  const { signal, sleep, chance, onState } = following
  const at = { lastEventId: following.from, failures: 0 }
  while (!signal.aborted) {
    const attempt = new AbortController()
    try {
      const response = await open(at.lastEventId, AbortSignal.any([signal, attempt.signal]))
      if (response.status !== 200) throw refusalIn(response.status, await response.text())
      onState?.('open')
      yield* messagesOf(response, following, at)
    } catch (error) {
      if (!signal.aborted && isFinal(error)) throw error
    } finally {
      attempt.abort()
    }
    if (signal.aborted) return
    onState?.('cut')
    at.failures += 1
    const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (at.failures - 1))
    await sleep(rest * (0.5 + chance() / 2), signal)
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && error.advice !== 'retry_now' && error.advice !== 'retry_later'

type At = { lastEventId: string | undefined; failures: number }

async function* messagesOf(response: Response, following: Following, at: At) {
  if (response.body === null) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const parser = createEventStreamParser()
  for (let chunks = 1; ; chunks += 1) {
    const chunk = await unlessSilent(reader.read(), following)
    if (chunk === undefined || chunk.done) return
    const messages = parser.feed(decoder.decode(chunk.value, { stream: true }))
    // One chunk may be no more than a greeting; a second one shows that the stream lives.
    if (chunks > 1) at.failures = 0
    for (const message of messages) {
      yield message
      at.lastEventId = message.id
    }
    if (parser.lastEventId() !== '') at.lastEventId = parser.lastEventId()
  }
}

/** What was read, or undefined where nothing came for too long. */
async function unlessSilent<T>(
  reading: Promise<T>,
  { sleep, signal }: Following,
): Promise<T | undefined> {
  const enough = new AbortController()
  const silence = sleep(SILENCE_MS, AbortSignal.any([signal, enough.signal]))
  try {
    return await Promise.race([reading, silence.then(() => undefined)])
  } finally {
    enough.abort()
  }
}
