/**
 * What the pages are told as it happens: server-sent events (HTML Living Standard §9.2). Each
 * stream begins with the whole truth, so a page that was cut needs no memory: it listens again
 * and knows.
 */
import { PassThrough, type Readable } from 'node:stream'

export type Live<M extends object> = {
  /** A new listener's stream, which begins with these messages. */
  readonly listen: (topic: string, first: Partial<M>) => Readable
  readonly tell: <K extends keyof M & string>(topic: string, event: K, data: M[K]) => void
  /** Says something to everybody, so that no one in between takes a stream for dead. */
  readonly beat: () => void
  readonly end: () => void
}

/** A page that reads nothing for so long is gone. */
const LONGEST_QUEUE = 1024 * 1024

export function createLive<M extends object>(): Live<M> {
  const listeners = new Map<PassThrough, string>()
  const write = (stream: PassThrough, text: string) => {
    if (stream.writableLength + stream.readableLength > LONGEST_QUEUE) stream.destroy()
    else stream.write(text)
  }
  return {
    listen: (topic, first) => {
      const stream = new PassThrough()
      listeners.set(stream, topic)
      stream.once('close', () => listeners.delete(stream))
      write(stream, ': open\n\n')
      for (const [event, data] of Object.entries(first)) write(stream, message(event, data))
      return stream
    },
    tell: (topic, event, data) => {
      const text = message(event, data)
      for (const [stream, its] of listeners) if (its === topic) write(stream, text)
    },
    beat: () => {
      for (const stream of listeners.keys()) write(stream, ': beat\n\n')
    },
    end: () => {
      for (const stream of listeners.keys()) stream.end()
    },
  }
}

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
