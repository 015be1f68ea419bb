/**
 * What goes over the line at T=0 (ISO/IEC 7816-3 §12.2): a header of five bytes, and data or none.
 * A command with data says nothing of what it expects: the card tells by 61xx, and GET RESPONSE
 * fetches it. One without either has a fifth byte of zero. Readers do not do this by themselves.
 */
export function tpduOf(apdu: Uint8Array): Uint8Array {
  if (apdu.length === 4) return Uint8Array.of(...apdu, 0x00)
  const end = 5 + (apdu[4] ?? 0)
  return apdu.length === end + 1 && apdu[4] !== 0 ? apdu.subarray(0, end) : apdu
}
