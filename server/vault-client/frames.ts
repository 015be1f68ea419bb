/** Frames between server and vault: 4-byte length (big-endian), then a JSON array. */
import type { VaultAnswer } from '@warifu/protocol/vault'

export function frame(calls: readonly object[]): Buffer {
  const json = Buffer.from(JSON.stringify(calls))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(json.length)
  return Buffer.concat([head, json])
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
