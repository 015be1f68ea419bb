/**
 * What a SIM is: what it keeps without power, and what it knows of the session. Both are values; a
 * command makes new ones.
 */
import { type Reply, status } from '@warifu/crypto/apdu'
import { emptyArea, type Layout, usualLayout } from '@warifu/crypto/credit-file'
import type { Begun, Channel, Scp03Keys } from '@warifu/crypto/scp03'

export type SimCard = { readonly memory: SimMemory; readonly session: Session }

/** Kept without power. */
export type SimMemory = {
  /** The card's own number (ITU-T E.118), 10 bytes as EF.ICCID has them. */
  readonly iccid: Uint8Array
  readonly layout: Layout
  /** The data area of the credit information; all its files are windows on it. */
  readonly area: Uint8Array
  /** ISO/IEC 7816-4 §7.4.10: being filled by the maker, in use, or switched off by the maker. */
  readonly lifeCycle: 'initialisation' | 'activated' | 'deactivated'
  readonly pin: SecretCode & { readonly isEnabled: boolean }
  readonly puk: SecretCode
  /** The maker's keys: whoever opens a channel with them is the maker. */
  readonly maker: Scp03Keys
  /** Secure channels opened so far. */
  readonly sequence: number
  /** The key for INTERNAL AUTHENTICATE, once the maker has put it, and its version. */
  readonly authentication: { readonly key: Uint8Array; readonly version: number } | null
  readonly authentications: number
}

/** Eight bytes as they are sent: digits in ASCII, filled up with FF (TS 102 221 §9.5.1). */
export type SecretCode = { readonly value: Uint8Array; readonly triesLeft: number }

/** Known until power goes. */
export type Session = {
  readonly directory: 'master' | 'application'
  /** Selected at least once, so that 7FFF means something. */
  readonly hasApplication: boolean
  /** The selected elementary file. */
  readonly file: number | undefined
  /** The current record; 0 before any was read. */
  readonly record: number
  readonly isPinVerified: boolean
  /** What GET RESPONSE will give, and the status word with it. */
  readonly pending: Reply
  /** Between INITIALIZE UPDATE and EXTERNAL AUTHENTICATE. */
  readonly begun: Begun | undefined
  readonly channel: Channel | undefined
}

export const NONE = new Uint8Array(0)
export const PIN_TRIES = 3
export const PUK_TRIES = 10
export const KEY_VERSION = 0x30

export const powered: Session = {
  directory: 'master',
  hasApplication: false,
  file: undefined,
  record: 0,
  isPinVerified: false,
  pending: { data: NONE, word: status.ok },
  begun: undefined,
  channel: undefined,
}

/** What the maker decides when he makes a card. */
export type Making = {
  /** 19 or 20 digits; 18 and a check digit (Luhn) are usual. */
  readonly iccid: string
  readonly pin: string
  readonly puk: string
  readonly maker: Scp03Keys
  readonly layout?: Layout
}

/** A card as it leaves the maker's press: nothing is written yet, its files are being filled. */
export function makeSimCard({ iccid, pin, puk, maker, layout = usualLayout }: Making): SimCard {
  if (!/^[0-9]{4,8}$/.test(pin)) throw new RangeError('pin: four to eight digits')
  if (!/^[0-9]{8}$/.test(puk)) throw new RangeError('puk: eight digits')
  const memory: SimMemory = {
    iccid: packedIccid(iccid),
    layout,
    area: emptyArea(layout),
    lifeCycle: 'initialisation',
    pin: { value: codeBytes(pin), triesLeft: PIN_TRIES, isEnabled: true },
    puk: { value: codeBytes(puk), triesLeft: PUK_TRIES },
    maker: {
      enc: Uint8Array.from(maker.enc),
      mac: Uint8Array.from(maker.mac),
      dek: Uint8Array.from(maker.dek),
    },
    sequence: 0,
    authentication: null,
    authentications: 0,
  }
  return { memory, session: powered }
}

/** Power off and on again. */
export const reset = ({ memory }: SimCard): SimCard => ({ memory, session: powered })

/** PIN or PUK as they are sent. */
export const codeBytes = (digits: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(digits.padEnd(8, '\xff'), 'latin1'))

/** Digits packed with each pair turned round (TS 102 221 §13.2). */
export function packedIccid(digits: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9]{18,20}$/.test(digits)) throw new RangeError('iccid: 18 to 20 digits')
  const turned = digits.padEnd(20, 'f').replace(/(.)(.)/g, '$2$1')
  return Uint8Array.from(Buffer.from(turned, 'hex'))
}

/** The digits again. */
export const iccidDigits = (packed: Uint8Array): string =>
  Buffer.from(packed)
    .toString('hex')
    .replace(/(.)(.)/g, '$2$1')
    .replace(/f+$/, '')

export const changed = ({ memory, session }: SimCard, next: Partial<Session>): SimCard => ({
  memory,
  session: { ...session, ...next },
})

export const kept = ({ memory, session }: SimCard, next: Partial<SimMemory>): SimCard => ({
  memory: { ...memory, ...next },
  session,
})
