/**
 * Frames: 4 bytes of length (big-endian), then a JSON array of calls or answers. A frame that is
 * too long or no array of calls ends the connection: its sender does not speak this protocol.
 */

import { closed } from '@warifu/protocol/shapes'
import { MAX_FRAME_BYTES } from '@warifu/protocol/vault'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** More calls than this in one frame are refused, so that the answers fit into one frame too. */
export const MAX_CALLS = 256

export class FrameError extends Error {
  override readonly name = 'FrameError'
  readonly code: 'frame_too_long' | 'frame_malformed'
  constructor(code: FrameError['code']) {
    super(code)
    this.code = code
  }
}

/** A call whose operation and input nobody has looked at yet. */
export type IncomingCall = {
  readonly id: number
  readonly operation: string
  readonly input: unknown
}

const callsShape = Compile(
  Type.Array(
    closed({
      id: Type.Integer({ minimum: 0 }),
      operation: Type.String({ maxLength: 64 }),
      input: Type.Unknown(),
    }),
    { minItems: 1, maxItems: MAX_CALLS },
  ),
)

export function encodeFrame(content: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(content))
  if (body.length > MAX_FRAME_BYTES) throw new FrameError('frame_too_long')
  const frame = Buffer.allocUnsafe(4 + body.length)
  frame.writeUInt32BE(body.length)
  frame.set(body, 4)
  return frame
}

/** The calls of one frame's body. */
export function readCalls(body: Uint8Array): IncomingCall[] {
  const calls = parseJson(body)
  if (!callsShape.Check(calls)) throw new FrameError('frame_malformed')
  return calls
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new FrameError('frame_malformed')
  }
}

/** Cuts a stream of bytes into the bodies of frames; keeps what is not complete. */
export function createFrameReader(): (chunk: Uint8Array) => Uint8Array[] {
  let chunks: Uint8Array[] = []
  let held = 0
  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    const bodies: Uint8Array[] = []
    while (held >= 4) {
      const first = chunks[0]
      if (first === undefined || first.length < 4) chunks = [Buffer.concat(chunks)]
      const length = lengthOf(chunks[0] ?? new Uint8Array())
      if (held < 4 + length) break
      const all = Buffer.concat(chunks)
      bodies.push(all.subarray(4, 4 + length))
      held -= 4 + length
      chunks = held === 0 ? [] : [all.subarray(4 + length)]
    }
    return bodies
  }
}

function lengthOf(head: Uint8Array): number {
  const length = new DataView(head.buffer, head.byteOffset, 4).getUint32(0)
  if (length > MAX_FRAME_BYTES) throw new FrameError('frame_too_long')
  return length
}
