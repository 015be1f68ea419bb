/**
 * Frames of the link between till and entry device (protocol/entry-device.ts): a 4-byte length,
 * big-endian, then one JSON object. Pure; over a serial line bytes may be lost, so the reader says
 * when what came cannot be a frame, and begins anew.
 */
import { MAX_LINK_FRAME_BYTES } from '@warifu/protocol/entry-device'

const HEAD_BYTES = 4

export function frameOf(value: object): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value))
  if (body.length > MAX_LINK_FRAME_BYTES) throw new RangeError('the frame is too long')
  const frame = new Uint8Array(HEAD_BYTES + body.length)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, HEAD_BYTES)
  return frame
}

export type FrameReader = {
  /** The objects that are whole now; `garbage` where something was no frame. */
  readonly feed: (chunk: Uint8Array) => readonly (object | 'garbage')[]
  /** Forgets what has not become whole. */
  readonly reset: () => void
  /** Some of a frame is here, and not all. */
  readonly isPartial: () => boolean
}

export function createFrameReader(): FrameReader {
  let rest: Uint8Array = new Uint8Array(0)
  const reset = () => {
    rest = new Uint8Array(0)
  }
  const feed = (chunk: Uint8Array) => {
    rest = joined(rest, chunk)
    const found: (object | 'garbage')[] = []
    while (rest.length >= HEAD_BYTES) {
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0)
      if (length > MAX_LINK_FRAME_BYTES) {
        reset()
        return [...found, 'garbage' as const]
      }
      if (rest.length < HEAD_BYTES + length) break
      found.push(objectOf(rest.subarray(HEAD_BYTES, HEAD_BYTES + length)))
      rest = rest.slice(HEAD_BYTES + length)
    }
    return found
  }
  return { feed, reset, isPartial: () => rest.length > 0 }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

function objectOf(body: Uint8Array): object | 'garbage' {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof value === 'object' && value !== null ? value : 'garbage'
  } catch {
    return 'garbage'
  }
}
