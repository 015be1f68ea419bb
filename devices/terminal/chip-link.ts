/**
 * The phone's end of a proximity device's short link: one question after the other, over a
 * WebSocket. Browser-safe; in a program the origin is told, since no browser adds it.
 */
import { type LinkAnswer, type LinkRequest, linkAnswer } from '@warifu/protocol/proximity'
import { Check } from 'typebox/value'
import { TerminalError } from './terminal-error.ts'

export type ChipLink = {
  readonly ask: (request: LinkRequest) => Promise<LinkAnswer>
  readonly close: () => void
}
export type LinkPlace = {
  readonly url: string
  /** Ends it: a device that is out of reach never answers. */
  readonly signal: AbortSignal
  /** Opens the socket; a browser's own WebSocket if not told. */
  readonly open?: (url: string) => WebSocket
}

const far = () => new TerminalError('device_not_near', 'The device does not answer.')

/** Opens the link; a device that is not near is told so, by `device_not_near`. */
export async function openChipLink({ url, signal, open }: LinkPlace): Promise<ChipLink> {
  const socket = open === undefined ? new WebSocket(url) : open(url)
  const waiting: { done: (answer: LinkAnswer) => void; failed: (error: Error) => void }[] = []
  const lost = () => {
    for (const { failed } of waiting.splice(0)) failed(far())
  }
  signal.addEventListener('abort', () => socket.close())
  socket.addEventListener('close', lost)
  socket.addEventListener('message', ({ data }) => {
    const answer = parse(String(data))
    const one = waiting.shift()
    if (Check(linkAnswer, answer)) one?.done(answer)
    else one?.failed(far())
  })
  await new Promise<void>((done, failed) => {
    socket.addEventListener('open', () => done())
    for (const end of ['error', 'close'] as const) socket.addEventListener(end, () => failed(far()))
    if (signal.aborted) failed(far())
  })
  return {
    ask: (request) =>
      new Promise((done, failed) => {
        if (socket.readyState !== socket.OPEN) return failed(far())
        waiting.push({ done, failed })
        socket.send(JSON.stringify(request))
      }),
    close: () => socket.close(),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
