/**
 * A card in a reader, as a program of ours sees it: its answer to reset, and commands to it, one
 * after another. A real one is behind PC/SC (devices/pcsc), a simulated one in this process.
 */
export type CardSlot = {
  /** Where the card is: the reader's name, or that it is simulated in this process. */
  readonly name: string
  readonly atr: Uint8Array
  /** One command; 61xx and 6Cxx are the caller's business, as on a T=0 reader. */
  readonly transmit: (apdu: Uint8Array) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/**
 * A command and its whole answer: GET RESPONSE after 61xx, the same again after 6Cxx (ISO/IEC
 * 7816-3 §12.2.1). What the card adds to what was asked for once is in one piece.
 */
export async function transmitWhole(slot: CardSlot, apdu: Uint8Array): Promise<Uint8Array> {
  const isCase2 = apdu.length === 5
  let reply = await slot.transmit(apdu)
  if (reply.at(-2) === 0x6c && (isCase2 || apdu.length > 5))
    reply = await slot.transmit(withLe(apdu, reply.at(-1) ?? 0))
  const parts: Uint8Array[] = []
  for (let times = 0; reply.at(-2) === 0x61 && times < 16; times += 1) {
    parts.push(reply.subarray(0, -2))
    reply = await slot.transmit(Uint8Array.of(0x00, 0xc0, 0x00, 0x00, reply.at(-1) ?? 0))
  }
  return parts.length === 0 ? reply : Uint8Array.from(Buffer.concat([...parts, reply]))
}

function withLe(apdu: Uint8Array, le: number): Uint8Array {
  const length = apdu.length === 5 ? 4 : 5 + (apdu[4] ?? 0)
  return Uint8Array.of(...apdu.subarray(0, length), le)
}
