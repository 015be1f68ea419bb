/**
 * A line to one entry device, TCP or serial: asks, and hears what the device tells unasked.
 *
 * An answer belongs to a request by its id; ids begin where chance says, so that what a till of
 * before left in a serial line is nobody's answer. When the line is lost, every open question ends
 * as LinkLost: what the device did with it is not known from the line alone. For Node.js.
 */
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  type LinkAnswer,
  type LinkEvent,
  type LinkRequest,
  linkAnswer,
  linkEvent,
} from '@warifu/protocol/entry-device'
import { Check } from 'typebox/value'
import { createFrameReader, frameOf } from './link-frames.ts'
import type { Runtime } from './runtime.ts'

export type Place =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string }

export type LinkNeeds = Pick<Runtime, 'sleep' | 'chance'>

/** The line is gone, or nothing came over it for too long. */
export class LinkLost extends Error {
  override readonly name = 'LinkLost'
  readonly code: 'not_reached' | 'cut' | 'no_answer'
  constructor(code: LinkLost['code'], options?: ErrorOptions) {
    super(`The entry device: ${code.replace('_', ' ')}.`, options)
    this.code = code
  }
}

type Unnumbered<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never
export type LinkAsk = Unnumbered<LinkRequest>

export type DeviceLink = {
  readonly place: Place
  readonly ask: (request: LinkAsk, timeoutMs: number) => Promise<LinkAnswer>
  readonly isOpen: () => boolean
  /** Resolves when the line is free for the next. */
  readonly close: () => Promise<void>
}

const BAUD = 115_200
const CONNECT_MS = 2_000

export async function openLink(
  place: Place,
  needs: LinkNeeds,
  onEvent: (event: LinkEvent) => void = () => {},
): Promise<DeviceLink> {
  const { stream, shut } = await within(needs, CONNECT_MS, reach(place), 'not_reached')
  const waiting = new Map<number, (answer: LinkAnswer | LinkLost) => void>()
  const reader = createFrameReader()
  let isOpen = true
  const lose = () => {
    if (isOpen) shut()
    isOpen = false
    for (const settle of waiting.values()) settle(new LinkLost('cut'))
    waiting.clear()
  }
  stream.on('error', lose).on('close', lose)
  stream.on('data', (chunk: Uint8Array) => {
    for (const value of reader.feed(chunk)) {
      if (value === 'garbage' && place.kind === 'tcp') return lose()
      if (Check(linkEvent, value)) onEvent(value)
      if (!Check(linkAnswer, value)) continue
      waiting.get(value.id)?.(value)
      waiting.delete(value.id)
    }
  })
  let lastId = Math.floor(needs.chance() * 1_000_000_000)
  const ask = async (request: LinkAsk, timeoutMs: number): Promise<LinkAnswer> => {
    if (!isOpen) throw new LinkLost('cut')
    lastId += 1
    const id = lastId
    const answer = new Promise<LinkAnswer | LinkLost>((settle) => waiting.set(id, settle))
    stream.write(frameOf({ id, ...request }))
    try {
      const found = await within(needs, timeoutMs, answer, 'no_answer')
      if (found instanceof LinkLost) throw found
      return found
    } finally {
      waiting.delete(id)
    }
  }
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  const close = async () => {
    lose()
    await closed
  }
  return { place, ask, isOpen: () => isOpen, close }
}

/** The work's outcome, or LinkLost where it takes too long. */
async function within<T>(
  { sleep }: LinkNeeds,
  ms: number,
  work: Promise<T>,
  code: LinkLost['code'],
): Promise<T> {
  const done = new AbortController()
  const late = sleep(ms, done.signal).then(() => {
    if (done.signal.aborted) return new Promise<never>(() => {})
    throw new LinkLost(code)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    done.abort()
  }
}

type Line = { readonly stream: Duplex; readonly shut: () => void }

async function reach(place: Place): Promise<Line> {
  if (place.kind === 'serial') return await openSerial(place.path)
  const { host, port } = place
  return await new Promise((resolve, reject) => {
    const stream = connect({ host, port, noDelay: true })
    stream.once('connect', () => resolve({ stream, shut: () => stream.destroy() }))
    stream.once('error', (cause) => reject(new LinkLost('not_reached', { cause })))
  })
}

/** The library has a binary part, so it is loaded only where there is a serial line. */
async function openSerial(path: string): Promise<Line> {
  const { SerialPort } = await import('serialport')
  const stream = new SerialPort({ path, baudRate: BAUD, autoOpen: false })
  await new Promise<void>((resolve, reject) =>
    stream.open((cause) => (cause ? reject(new LinkLost('not_reached', { cause })) : resolve())),
  )
  return { stream, shut: () => (stream.isOpen ? stream.close() : undefined) }
}
