/**
 * What one card holds: its files as a reader finds them (EMV Book 1 §10, §12; Book 3 §5, §7.5) and
 * the data of its stripe (ISO/IEC 7813).
 */
import { encode, nest } from '@warifu/crypto/ber-tlv'
import { encodeTrack2, encodeTrack2Equivalent } from '@warifu/crypto/track-data'

/** Personalisation: made by the issuer, never changed afterwards. */
export type PersonalData = {
  readonly pan: string
  /** PAN sequence number, two digits. */
  readonly psn: string
  /** YYMM. */
  readonly expiry: string
  /** As embossed: 2 to 26 capital letters. */
  readonly name: string
  readonly serviceCode: string
  /** Digits behind the service code on the stripe, and in the chip's copy of it. */
  readonly discretionary: { readonly stripe: string; readonly chip: string }
  /** The chip's own master key (crypto/emv-arqc.ts, deriveIccMasterKey). */
  readonly iccMasterKey: Uint8Array
  /** For VERIFY; undefined where the chip checks no PIN itself. */
  readonly offlinePin: string | undefined
}

const bytes = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'))
const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** Our application: F begins an identifier that nobody registered (ISO/IEC 7816-5). */
export const AID = bytes('f057415249465501')
export const PSE = ascii('1PAY.SYS.DDF01')
const LABEL = ascii('WARIFU')

/** Cardholder verification, terminal risk management, issuer authentication; no offline RSA. */
export const interchangeProfile = bytes('1c00')

/** What GET PROCESSING OPTIONS wants to know: capabilities and country of the terminal. */
export const pdol = bytes('9f33039f1a02')

/** Amounts, country, verification results, currency, date, type, unpredictable number. */
export const cdol1 = bytes('9f02069f03069f1a0295055f2a029a039c019f3704')

/** Response code, verification results, unpredictable number, issuer authentication data. */
export const cdol2 = bytes('8a0295059f3704910a')

/** SFI 1: record 1. SFI 2: records 1 and 2. None signed. */
export const fileLocator = bytes('080101001001' + '0200')

export const environmentInformation = (): Uint8Array =>
  encode([
    nest(0x6f, [
      { tag: 0x84, value: PSE },
      nest(0xa5, [
        { tag: 0x88, value: bytes('01') },
        { tag: 0x5f2d, value: ascii('en') },
      ]),
    ]),
  ])

export const environmentDirectory = (): Uint8Array =>
  encode([nest(0x70, [nest(0x61, [{ tag: 0x4f, value: AID }, ...labelled])])])

export const applicationInformation = (): Uint8Array =>
  encode([
    nest(0x6f, [
      { tag: 0x84, value: AID },
      nest(0xa5, [...labelled, { tag: 0x9f38, value: pdol }]),
    ]),
  ])

const labelled = [
  { tag: 0x50, value: LABEL },
  { tag: 0x87, value: bytes('01') },
]

/** The application's records by "sfi.record". */
export function recordsOf(card: PersonalData): ReadonlyMap<string, Uint8Array> {
  const { pan, psn, expiry, name, serviceCode, discretionary } = card
  const stripe = { pan, expiry, serviceCode, discretionary: discretionary.chip }
  const verification = card.offlinePin === undefined ? '02031f00' : '0103' + '02031f00'
  const record = (...objects: Parameters<typeof encode>[0]) => encode([nest(0x70, objects)])
  return new Map([
    [
      '1.1',
      record(
        { tag: 0x57, value: encodeTrack2Equivalent(stripe) },
        { tag: 0x5f20, value: ascii(name) },
      ),
    ],
    [
      '2.1',
      record(
        { tag: 0x5a, value: bytes(pan.length % 2 === 0 ? pan : `${pan}F`) },
        { tag: 0x5f34, value: bytes(psn) },
        { tag: 0x5f24, value: bytes(`${expiry}${lastDayOf(expiry)}`) },
        { tag: 0x9f07, value: bytes('ff80') },
        { tag: 0x8e, value: bytes(`0000000000000000${verification}`) },
      ),
    ],
    ['2.2', record({ tag: 0x8c, value: cdol1 }, { tag: 0x8d, value: cdol2 })],
  ])
}

/** A card is good to the end of its last month. */
function lastDayOf(expiry: string): string {
  const [year, month] = [Number(expiry.slice(0, 2)), Number(expiry.slice(2))]
  const days = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return String(days[month - 1])
}

/** What a reader of stripes hands over: tracks 1 and 2 with their sentinels. */
export function stripeOf(card: PersonalData): { readonly track1: string; readonly track2: string } {
  const { pan, expiry, serviceCode, name, discretionary } = card
  const track2 = encodeTrack2({ pan, expiry, serviceCode, discretionary: discretionary.stripe })
  const track1 = `%B${pan}^${name}^${expiry}${serviceCode}${discretionary.stripe}?`
  return { track1, track2 }
}
