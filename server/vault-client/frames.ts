/** Frames between server and vault: 4-byte length (big-endian), then a JSON array. */
import type { VaultAnswer } from '@warifu/protocol/vault'
import { type Call, callText } from './signed-text.ts'

export function frame(calls: readonly Call[]): Buffer {
  const json = `[${calls.map(callText).join(',')}]`
  const length = Buffer.byteLength(json)
  const bytes = Buffer.allocUnsafe(4 + length)
  bytes.writeUInt32BE(length)
  bytes.write(json, 4)
  return bytes
}

/** Reads frames out of a stream of chunks; throws where a frame is too long or not an array. */
export function readFrames(maxBytes: number): (chunk: Buffer) => VaultAnswer[][] {
  let held: Buffer = Buffer.alloc(0)
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const frames: VaultAnswer[][] = []
    while (held.length >= 4) {
      const length = held.readUInt32BE(0)
      if (length > maxBytes) throw new RangeError(`frame of ${length} bytes`)
      if (held.length < 4 + length) break
      const answers: unknown = JSON.parse(held.toString('utf8', 4, 4 + length))
      if (!Array.isArray(answers)) throw new TypeError('frame: an array expected')
      // The vault checked every answer against its schema; ids are matched by the caller.
      frames.push(answers as VaultAnswer[])
      held = held.subarray(4 + length)
    }
    return frames
  }
}
