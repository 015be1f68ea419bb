/**
 * The cable's end at the wallet: a WebSocket of the loopback for the simulator, a serial line for
 * real readers; both carry the same texts. What the reader tells comes as events; nothing that it
 * read or was keyed is among them in clear. Browser-safe.
 */
import {
  type CableEvent,
  type CableRequest,
  cableEvent,
  MAX_CABLE_BYTES,
} from '@warifu/protocol/reader'
import { Check } from 'typebox/value'

export { type Carried, type Carrier, carrySale, type SaleHost } from './carrying.ts'

export type ReaderCable = {
  readonly send: (request: CableRequest) => void
  readonly close: () => void
}
export type CableListener = {
  readonly onEvent: (event: CableEvent) => void
  /** Pulled out, or the reader is off; said once. */
  readonly onUnplugged: () => void
}

/** The part of a WebSocket that is used: a browser's, or Node's. */
type Socket = Pick<WebSocket, 'send' | 'close' | 'addEventListener'>

/** Resolves when the line stands; rejects where no reader answers, or it turns this page away. */
export function plugIn(socket: Socket, { onEvent, onUnplugged }: CableListener) {
  return new Promise<ReaderCable>((resolve, reject) => {
    let isOpen = false
    socket.addEventListener('open', () => {
      isOpen = true
      resolve({
        send: (request) => socket.send(JSON.stringify(request)),
        close: () => socket.close(),
      })
    })
    socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      const event = readEvent(data)
      if (event !== undefined) onEvent(event)
    })
    socket.addEventListener('close', () => {
      if (isOpen) onUnplugged()
      else reject(new Error('no reader answers'))
    })
  })
}

function readEvent(data: unknown): CableEvent | undefined {
  if (typeof data !== 'string' || data.length > MAX_CABLE_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(data)
    return Check(cableEvent, value) ? value : undefined
  } catch {
    return undefined
  }
}

// ── a serial line: one JSON text per line (Web Serial API) ──────────────────────────────────────

/** The part of a `SerialPort` of the Web Serial API that is used. */
export type SerialLine = {
  readonly open: (options: { readonly baudRate: number }) => Promise<void>
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  readonly close: () => Promise<void>
}
const BAUD = 115_200

export async function plugInSerial(
  line: SerialLine,
  { onEvent, onUnplugged }: CableListener,
): Promise<ReaderCable> {
  await line.open({ baudRate: BAUD })
  if (line.readable === null || line.writable === null) throw new Error('no reader answers')
  const reader = line.readable.getReader()
  const writer = line.writable.getWriter()
  const utf8 = new TextEncoder()
  void listenLines(reader, onEvent).finally(onUnplugged)
  return {
    send: (request) => void writer.write(utf8.encode(`${JSON.stringify(request)}\n`)),
    close: () =>
      void reader
        .cancel()
        .then(() => writer.close())
        .then(() => line.close())
        .catch(() => {}),
  }
}

/** What is no line of the reader's is skipped; a line without end is forgotten. */
async function listenLines(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  onEvent: CableListener['onEvent'],
): Promise<void> {
  const text = new TextDecoder()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const lines = (rest + text.decode(value, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_CABLE_BYTES) rest = ''
    for (const event of lines.flatMap((one) => readEvent(one) ?? [])) onEvent(event)
  }
}
