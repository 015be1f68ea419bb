/**
 * What was entered, out of an authentic message: BER-TLV, each tag known and once, each value of
 * its form. The security code stays bytes, so that it can be wiped.
 */
import { decodeMap, TlvError } from '@warifu/crypto/ber-tlv'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { isLuhnValid } from '@warifu/crypto/luhn'
import { entryTags } from '@warifu/protocol/entry-device'

export type Stripe = {
  readonly pan: string
  /** YYMM, as it stands on the stripe. */
  readonly expiry: string
  readonly serviceCode: string
}

export type Entered = {
  readonly pan: string
  /** `YYYY-MM`. */
  readonly expires: string | undefined
  readonly code: Uint8Array | undefined
  /** The stripe as it was read, where there was one. */
  readonly stripe: (Stripe & { readonly discretionary: string }) | undefined
  /** The chip's data objects, by tag, where a chip answered. */
  readonly chip: ReadonlyMap<number, Uint8Array> | undefined
}

const tag = (name: keyof typeof entryTags): number => Number.parseInt(entryTags[name], 16)
const known: ReadonlySet<number> = new Set(
  Object.values(entryTags).map((t) => Number.parseInt(t, 16)),
)

/** Undefined where it is no card: nothing is guessed. */
export function readEntered(plain: Uint8Array): Entered | undefined {
  const map = readMap(plain)
  if (map === undefined || [...map.keys()].some((one) => !known.has(one))) return undefined
  const track = readTrack2(map.get(tag('track2')))
  const pan = readPan(map.get(tag('pan'))) ?? track?.pan
  if (pan === undefined || (track !== undefined && track.pan !== pan)) return undefined
  const code = map.get(tag('securityCode'))
  if (code !== undefined && !/^[0-9]{3,4}$/.test(Buffer.from(code).toString('latin1')))
    return undefined
  const expires = readExpiry(map.get(tag('expiry'))) ?? expiresOf(track)
  const chip = map.has(tag('cryptogram')) ? map : undefined
  return { pan, expires, code, stripe: track, chip }
}

function readMap(plain: Uint8Array): Map<number, Uint8Array> | undefined {
  try {
    return decodeMap(unpad(plain))
  } catch (error) {
    if (error instanceof TlvError || error instanceof PaddingError) return undefined
    throw error
  }
}

/** Compressed numeric: two digits to a byte, filled with F on the right. */
function readPan(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined
  const [, digits] = /^([0-9]{12,19})f*$/.exec(Buffer.from(value).toString('hex')) ?? []
  return digits !== undefined && isLuhnValid(digits) ? digits : undefined
}

function readExpiry(value: Uint8Array | undefined): string | undefined {
  const [, yy, mm] =
    /^([0-9]{2})(0[1-9]|1[0-2])[0-9]{2}$/.exec(Buffer.from(value ?? []).toString('hex')) ?? []
  return yy === undefined ? undefined : `20${yy}-${mm}`
}

/** PAN, separator D, YYMM, service code, discretionary data (ISO/IEC 7813, EMV tag 57). */
function readTrack2(value: Uint8Array | undefined): Entered['stripe'] {
  const [, pan, expiry, serviceCode, discretionary] =
    /^([0-9]{12,19})d([0-9]{2}(?:0[1-9]|1[0-2]))([0-9]{3})([0-9]*)f?$/.exec(
      Buffer.from(value ?? []).toString('hex'),
    ) ?? []
  if (pan === undefined || expiry === undefined || serviceCode === undefined) return undefined
  if (!isLuhnValid(pan)) return undefined
  return { pan, expiry, serviceCode, discretionary: discretionary ?? '' }
}

const expiresOf = (stripe: Entered['stripe']): string | undefined =>
  stripe === undefined ? undefined : `20${stripe.expiry.slice(0, 2)}-${stripe.expiry.slice(2)}`
