/**
 * The front panel: the device's own keys, slots, case and key-loading port, as bytes on a loopback
 * socket. It is not the link to the till; it stands for fingers, cards and screwdrivers.
 *
 * One byte is one key or one character of a stripe, and is answered with what the display shows.
 * More than one at a time is refused: so no read of the socket ever holds two digits of a number.
 */
import type { Input } from './machine.ts'

/** Control characters (ISO/IEC 646) that stand for what is not a digit. */
export const panelBytes = {
  stripeBegins: 0x02,
  stripeEnds: 0x03,
  blockBegins: 0x01,
  blockEnds: 0x04,
  look: 0x05,
  /** A chip card is in the slot; its answers follow, each behind its length in two bytes. */
  inserted: 0x0e,
  chipAnswers: 0x12,
  clear: 0x08,
  accept: 0x0d,
  tamper: 0x18,
  cancel: 0x1b,
} as const

/** What the panel answers to each byte. */
export type PanelAnswer = {
  readonly display: string
  readonly state: string
  /** What a key-loading or an opening came to. */
  readonly said: string | null
}

export type PanelReader = (byte: number) => Input | undefined

const MAX_BLOCK = 1024
const controls: Readonly<Record<number, Input>> = {
  [panelBytes.clear]: { kind: 'key', key: 'clear' },
  [panelBytes.accept]: { kind: 'key', key: 'accept' },
  [panelBytes.cancel]: { kind: 'key', key: 'cancel' },
  [panelBytes.tamper]: { kind: 'tamper' },
  [panelBytes.inserted]: { kind: 'inserted' },
}

/** Reads one panel connection; a key block is ciphertext, so it may become a string. */
export function createPanelReader(): PanelReader {
  let mode: 'keys' | 'stripe' | 'block' | 'chip' = 'keys'
  let block = ''
  let [lengthBytes, left] = [0, 0]
  const readChip = (byte: number): Input | undefined => {
    if (lengthBytes > 0) {
      lengthBytes -= 1
      left = left * 256 + byte
      return undefined
    }
    left -= 1
    if (left === 0) mode = 'keys'
    return { kind: 'chip', byte, isLast: left === 0 }
  }
  return (byte) => {
    if (mode === 'stripe' && byte !== panelBytes.stripeEnds)
      return { kind: 'stripe', character: byte }
    if (mode === 'block' && byte !== panelBytes.blockEnds) {
      if (block.length < MAX_BLOCK) block += String.fromCharCode(byte)
      return undefined
    }
    if (mode === 'chip') return readChip(byte)
    const ends = mode
    mode = modes[byte] ?? 'keys'
    if (ends === 'stripe') return undefined
    if (ends === 'block') {
      const whole = block
      block = ''
      return { kind: 'load_key', block: whole }
    }
    if (mode === 'chip') [lengthBytes, left] = [2, 0]
    if (mode !== 'keys') return undefined
    return controls[byte] ?? (isDigit(byte) ? { kind: 'key', key: byte } : undefined)
  }
}

const modes: Readonly<Record<number, 'stripe' | 'block' | 'chip'>> = {
  [panelBytes.stripeBegins]: 'stripe',
  [panelBytes.blockBegins]: 'block',
  [panelBytes.chipAnswers]: 'chip',
}
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
