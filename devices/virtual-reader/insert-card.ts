/**
 * The card's contacts: the protocol of vsmartcard's virtual reader, which pcscd takes for a reader.
 * The card dials. Each message is a 2-byte big-endian length and a payload; one byte is control (0
 * power off, 1 power on, 2 reset, 4 tell the ATR), more are a command, which is answered alike.
 */
import { connect, type Socket } from 'node:net'

export type Contacts = {
  readonly atr: Uint8Array
  readonly transmit: (apdu: Uint8Array) => Uint8Array
  readonly reset: () => void
}

const LENGTH_BYTES = 2
const [POWER_OFF, POWER_ON, RESET, TELL_ATR] = [0, 1, 2, 4]

/** What comes out for what came in; pure, so that it can be tested without a socket. */
export function answerMessage(message: Uint8Array, card: Contacts): Uint8Array | undefined {
  const [control] = message
  if (message.length !== 1) return card.transmit(message)
  if (control === TELL_ATR) return card.atr
  if (control === POWER_OFF || control === POWER_ON || control === RESET) card.reset()
  return undefined
}

export function framed(payload: Uint8Array): Uint8Array {
  return Uint8Array.of(payload.length >> 8, payload.length & 0xff, ...payload)
}

/** Splits a stream into messages, however it was cut. */
export function createSplitter(): (chunk: Uint8Array) => Uint8Array[] {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Uint8Array[] = []
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt16BE(0)
      if (rest.length < end) break
      messages.push(rest.subarray(LENGTH_BYTES, end))
      rest = rest.subarray(end)
    }
    return messages
  }
}

/** Puts the card in; resolves when the reader has asked for its ATR, `gone` when it was drawn. */
export async function insertCard(
  port: number,
  card: Contacts,
): Promise<{ readonly gone: Promise<void>; readonly draw: () => void }> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const split = createSplitter()
  const known = Promise.withResolvers<void>()
  socket.on('data', (chunk) => {
    for (const message of split(chunk)) {
      const reply = answerMessage(message, card)
      if (reply !== undefined) socket.write(framed(reply))
      if (reply === card.atr) known.resolve()
    }
  })
  socket.on('error', () => socket.destroy())
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await Promise.race([known.promise, gone])
  return { gone, draw: () => socket.destroy() }
}
