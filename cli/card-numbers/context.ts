/**
 * What stands beside digits and says that they are a card's. One number in ten passes the Luhn
 * test by chance, and order data is full of long numbers: only where something near says "card" is
 * another company's number told of. For the BINs of this house the digits are enough.
 */

const labels =
  'card|kaart|karte|carte|tarjeta|cartão|credit|debit|primary.?account' +
  '|カード|クレジット|카드|卡'
/** So short that they are part of other words, and of hex: they stand alone and apart. */
const short = '(?<![\\p{L}\\d])(?:pan|cc|ccn|ccnum)(?![\\p{L}\\d])'
const more = 'number|num|no|nr|data|is|was|番号|번호|号'
const between = `[\\s"'_:=>#.({\\[\\\\：-]`
const labelled = new RegExp(
  `(?:${labels}|${short})${between}*(?:(?:${more})${between}*){0,2}$`,
  'iu',
)
/** Track 1 and track 2 of a stripe (ISO/IEC 7813), as text. */
const trackStart = /(?:%B|;)$/
const trackRest = /^(?:=\d{4}|\^[^^]{2,26}\^\d{4})/
/** Tag 5A and tag 57 (EMV Book 3 Annex A) as hex text; the length may belong to the digits. */
const tagStart = /(?:5A0[6-9A]|57(?:0[89A-F]|1[0-3]))$/i
/** A track's D and expiry; inside a digest in hex it is a letter like others. */
const packedTrack = /^D\d{4}/i
const inHex = /[0-9A-F]$/i
const expiry = /^.{0,16}?(?<!\d)(?:0[1-9]|1[0-2])\s?[/-]\s?(?:20)?\d\d(?!\d)/s

export type Neighbours = {
  /** Some dozen characters on either side. */
  readonly before: string
  readonly after: string
  /** Written in groups, as on a card's face. */
  readonly grouped: boolean
}

/** Does what stands beside the digits say that they are a card's? */
export function isCardContext({ before, after, grouped }: Neighbours): boolean {
  if (labelled.test(before) || trackRest.test(after) || trackStart.test(before)) return true
  if (tagStart.test(before) || (packedTrack.test(after) && !inHex.test(before))) return true
  return grouped && expiry.test(after)
}
