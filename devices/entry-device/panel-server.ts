/** The front panel's socket: one byte in, one frame out (panel.ts says what they mean). */
import { createServer } from 'node:net'
import { frameOf } from '@warifu/sdk/link-frames'
import type { Input } from './machine.ts'
import { createPanelReader, type PanelAnswer } from './panel.ts'
import { listening } from './transports.ts'

/** What a key did, for whoever stands before the device. */
export type Press = (input: Input | undefined) => PanelAnswer

export async function listenPanel(port: number, press: Press): Promise<() => Promise<void>> {
  const server = createServer({ noDelay: true }, (socket) => {
    const read = createPanelReader()
    socket.on('data', (chunk) => {
      const [byte] = chunk
      chunk.fill(0)
      if (byte === undefined || chunk.length > 1) return void socket.destroy()
      socket.write(frameOf(press(read(byte))))
    })
    socket.on('error', () => socket.destroy())
  })
  await listening(server, port)
  return async () => await new Promise((resolve) => server.close(() => resolve()))
}
