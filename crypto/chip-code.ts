/**
 * Codes of a proximity device's chip, all by AES-CMAC (NIST SP 800-38B):
 *
 *   chip key      = KDF(master, purpose, chip id)            counter mode, SP 800-108r1 §4.1
 *   session key   = KDF(chip key, use, counter)              another key for each code
 *   chip code     = CMAC(session key, data ‖ counter)        16 bytes
 *   broadcast     = first 10 bytes of CMAC(broadcast key, "eid/1" ‖ epoch)    Eddystone-EID's form
 *
 * A chip code says yes to one payment. A broadcast code only identifies: whoever hears it has it.
 */
import { cmac } from './cmac.ts'
import { kdfCounter } from './kdf-108.ts'

export const CHIP_KEY_BYTES = 32
export const CHIP_CODE_BYTES = 16
export const BROADCAST_BYTES = 10
/** A chip counts its codes in four bytes; the last is never used. */
export const LAST_COUNTER = 0xffff_fffe

/** What a chip key is for: codes of payments and pairings, or the broadcast. */
export type ChipPurpose = 'chip-txn' | 'chip-eid'
/** What one code is for. */
export type ChipUse = 'txn' | 'pair'

const utf8 = new TextEncoder()
const derive = (key: Uint8Array, label: string, context: Uint8Array) =>
  kdfCounter({
    prf: cmac,
    key,
    label: utf8.encode(label),
    context,
    length: CHIP_KEY_BYTES,
    counterBytes: 4,
    lengthBytes: 4,
  })

export const chipKeyOf = (master: Uint8Array, purpose: ChipPurpose, chip: string): Uint8Array =>
  derive(master, purpose, utf8.encode(chip))

export type ChipCoding = {
  readonly key: Uint8Array
  readonly use: ChipUse
  readonly counter: number
  readonly data: Uint8Array
}

export function chipCode({ key, use, counter, data }: ChipCoding): Uint8Array {
  if (!Number.isInteger(counter) || counter < 1 || counter > LAST_COUNTER)
    throw new RangeError('counter: 1 to 4294967294')
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const session = derive(key, use, count)
  const code = cmac(session, Buffer.concat([data, count]))
  session.fill(0)
  return Uint8Array.from(code)
}

/** What is broadcast during an epoch. */
export function broadcastCode(key: Uint8Array, epoch: number): Uint8Array {
  const data = Buffer.alloc(13)
  data.write('eid/1', 'ascii')
  data.writeBigUInt64BE(BigInt(epoch), 5)
  return Uint8Array.from(cmac(key, data).subarray(0, BROADCAST_BYTES))
}
