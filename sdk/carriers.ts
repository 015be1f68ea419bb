/**
 * What a till's equipment has read, whatever carried it: a QR code, an NFC tag or phone, a magnetic
 * head. All carry the same text: the code that a customer's phone shows, or a payment's link.
 */
import { decodeNdefUri, encodeNdefUri } from '@warifu/crypto/ndef'
import { decodeStripe, encodeStripe } from '@warifu/crypto/stripe-bits'
import { payCodeText, readPayCode } from '@warifu/protocol/pay-code'

export type Carried =
  | { readonly by: 'qr'; readonly text: string }
  | { readonly by: 'nfc'; readonly message: Uint8Array }
  | { readonly by: 'mst'; readonly bits: Uint8Array }

/** Track 1's format code: N to Z are the issuer's own (ISO/IEC 7813), B is a bank's card. */
const FORMAT = 'W'

function textOf(carried: Carried): string | undefined {
  if (carried.by === 'qr') return carried.text
  if (carried.by === 'nfc') return decodeNdefUri(carried.message)
  const data = decodeStripe(carried.bits)
  return data?.startsWith(FORMAT) ? data.slice(FORMAT.length) : undefined
}

/** The code for `presentment: { kind: 'code', code }`; undefined where something else was read. */
export function codeFrom(carried: Carried): string | undefined {
  const text = textOf(carried)
  return text === undefined ? undefined : readPayCode(text)
}

/** What a phone gives to a reader that it touches; a payment's link goes the same way. */
export const overNfc = (code: string): Uint8Array => encodeNdefUri(payCodeText(code))
export const linkOverNfc = (link: string): Uint8Array => encodeNdefUri(link)
export const linkFromNfc = (message: Uint8Array): string | undefined => decodeNdefUri(message)

/** What a phone sends to a magnetic head. A link does not fit: a stripe knows no small letters. */
export const overMst = (code: string): Uint8Array => encodeStripe(FORMAT + payCodeText(code))
