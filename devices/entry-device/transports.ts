/**
 * How a till reaches the device: TCP on the loopback, or a serial line. Both carry the same frames.
 *
 * One till at a time: a newcomer on TCP takes the place of the one before, whose line may be dead
 * without anybody having noticed. On a serial line nobody comes or goes, so a frame that does not
 * become whole is forgotten, and what is no frame is skipped.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { type LinkRequest, linkRequest } from '@warifu/protocol/entry-device'
import { createFrameReader, frameOf } from '@warifu/sdk/link-frames'
import { Check } from 'typebox/value'

export type Receiver = {
  readonly onRequest: (request: LinkRequest) => void
  /** The till is gone, or another one came. */
  readonly onLost: () => void
}
export type Transport = {
  /** To whoever is there; nobody, where nobody is. */
  readonly send: (frame: object) => void
  /** Called about twice a second: a frame that was partial all the time since is forgotten. */
  readonly tick: () => void
  readonly close: () => Promise<void>
}

/** Hands on what is a request; answers what is not, where it can be answered. */
function take(value: object | 'garbage', { onRequest }: Receiver, send: Transport['send']): void {
  if (value === 'garbage') return
  if (Check(linkRequest, value)) {
    onRequest(value)
    return
  }
  const id: unknown = Object.entries(value).find(([name]) => name === 'id')?.[1]
  const isId = typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= 2_147_483_647
  if (isId) send({ id, ok: false, error: 'request_malformed' })
}

export async function listenTcp(port: number, receiver: Receiver): Promise<Transport> {
  let current: Socket | undefined
  const send = (frame: object) => void current?.write(frameOf(frame))
  const server = createServer({ noDelay: true }, (socket) => {
    current?.destroy()
    if (current !== undefined) receiver.onLost()
    current = socket
    const reader = createFrameReader()
    socket.on('data', (chunk) => {
      for (const value of reader.feed(chunk)) {
        if (socket !== current) return
        if (value === 'garbage') return void socket.destroy()
        take(value, receiver, send)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (socket !== current) return
      current = undefined
      receiver.onLost()
    })
  })
  await listening(server, port)
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    current?.destroy()
    await closed
  }
  return { send, tick: () => {}, close }
}

export const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })

const BAUD = 115_200

export async function openSerial(path: string, receiver: Receiver): Promise<Transport> {
  // It has a binary part, and takes its time: loaded only where there is a serial line.
  const { SerialPort } = await import('serialport')
  const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false })
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error ? reject(error) : resolve())),
  )
  const reader = createFrameReader()
  const send = (frame: object) => void port.write(Buffer.from(frameOf(frame)))
  let wasPartial = false
  port.on('data', (chunk: Buffer) => {
    wasPartial = false
    for (const value of reader.feed(chunk)) take(value, receiver, send)
  })
  port.on('error', () => receiver.onLost())
  const tick = () => {
    if (wasPartial) reader.reset()
    wasPartial = reader.isPartial()
  }
  const close = () => new Promise<void>((resolve) => port.close(() => resolve()))
  return { send, tick, close }
}
