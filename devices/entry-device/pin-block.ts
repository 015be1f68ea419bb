/**
 * The PIN block of an entry: ISO 9564-1 format 4, its two fields written in place from the digits.
 *
 * `crypto/pin-block.ts` is the host's: it takes the PIN as a string. The device must not make one.
 */
import { encryptBlocks } from '@warifu/crypto/aes-ecb'
import { type Entry, scratch, view } from './entry-memory.ts'

const setNibble = (into: Uint8Array, at: number, value: number): void => {
  const kept = (into[at >> 1] ?? 0) & (at % 2 === 0 ? 0x0f : 0xf0)
  into[at >> 1] = kept | (at % 2 === 0 ? value << 4 : value)
}

/** Control digit, length, PIN, filler A, then 8 random bytes (§9.4.2.2). */
function writePinField(pin: Uint8Array, random: Uint8Array, into: Uint8Array): void {
  setNibble(into, 0, 4)
  setNibble(into, 1, pin.length)
  for (let at = 0; at < 14; at += 1) setNibble(into, 2 + at, (pin[at] ?? 0x0a) & 0x0f)
  into.set(random, 8)
}

/** How many digits there are beyond 12, the PAN, zeros (§9.4.2.3). */
function writePanField(pan: Uint8Array, into: Uint8Array): void {
  into.fill(0)
  setNibble(into, 0, pan.length - 12)
  for (const [at, digit] of pan.entries()) setNibble(into, 1 + at, digit & 0x0f)
}

/** The encrypted block (§9.4.2.1); null where no PIN was entered. The scratch room is used. */
export function sealPin(
  entry: Entry,
  { key, random }: { readonly key: Uint8Array; readonly random: Uint8Array },
): Uint8Array | null {
  const pin = view(entry, 'pin')
  if (pin.length === 0) return null
  const [pinField, panField] = [scratch(entry).subarray(0, 16), scratch(entry).subarray(16, 32)]
  writePinField(pin, random, pinField)
  writePanField(view(entry, 'pan'), panField)
  const first = encryptBlocks(key, pinField)
  for (const [at, byte] of panField.entries()) first[at] = (first[at] ?? 0) ^ byte
  scratch(entry).fill(0)
  return encryptBlocks(key, first)
}
