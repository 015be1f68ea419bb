/**
 * What a SIM answers to INTERNAL AUTHENTICATE: AES-CMAC under the key that never leaves it, over
 * its own counter and the digest of a payment. A record can be copied by whoever has the PIN; this
 * cannot, so it tells the SIM from another one with the same record.
 *
 *   00 88 00 81 20 digest(32) 00   →   counter(4) ‖ CMAC(16)
 *   CMAC(key, "warifu/1/sim" ‖ 00 ‖ counter(4) ‖ digest(32))
 */
import { cmac } from './cmac.ts'

export const DIGEST_BYTES = 32
export const SIM_CRYPTOGRAM_BYTES = 20
const label = Buffer.from('warifu/1/sim\0', 'latin1')

/** Counter and MAC as the SIM sends them; the vault makes the same and compares. */
export function simCryptogram(key: Uint8Array, counter: number, digest: Uint8Array): Uint8Array {
  if (digest.length !== DIGEST_BYTES) throw new RangeError('digest: 32 bytes')
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Uint8Array.of(...count, ...cmac(key, Uint8Array.of(...label, ...count, ...digest)))
}

/** The counter that a SIM's answer names; undefined where it is none. */
export const simCounterOf = (answer: Uint8Array): number | undefined =>
  answer.length === SIM_CRYPTOGRAM_BYTES ? Buffer.from(answer).readUInt32BE(0) : undefined
