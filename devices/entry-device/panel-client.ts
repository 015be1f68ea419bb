/**
 * Standing before a device: presses its keys and draws cards through its slot, over the panel's
 * socket (panel.ts). One key at a time, the next when the display has answered.
 */
import { connect, type Socket } from 'node:net'
import { createFrameReader } from '@warifu/sdk/link-frames'
import { type PanelAnswer, panelBytes } from './panel.ts'
import { lrcOf } from './stripe.ts'

export type Panel = {
  readonly look: () => Promise<PanelAnswer>
  readonly key: (key: 'accept' | 'clear' | 'cancel') => Promise<PanelAnswer>
  readonly digits: (digits: string) => Promise<PanelAnswer>
  /** A stripe as it is on the card, without its check character, which is put behind it. */
  readonly swipe: (track: string) => Promise<PanelAnswer>
  /** Puts a chip card in: `chip` answers each command of the device. */
  readonly insert: (
    chip: (apdu: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  ) => Promise<PanelAnswer>
  readonly loadKey: (block: string) => Promise<PanelAnswer>
  readonly tamper: () => Promise<PanelAnswer>
  readonly close: () => void
}

export async function openPanel(port: number): Promise<Panel> {
  const socket = await reach(port)
  const reader = createFrameReader()
  const waiting: ((answer: PanelAnswer | Error) => void)[] = []
  socket.on('data', (chunk) => {
    for (const value of reader.feed(chunk)) waiting.shift()?.(readAnswer(value))
  })
  const lose = () => {
    for (const settle of waiting.splice(0)) settle(new Error('The device is off.'))
  }
  socket.on('error', lose).on('close', lose)

  const press = async (byte: number): Promise<PanelAnswer> => {
    const answer = new Promise<PanelAnswer | Error>((settle) => waiting.push(settle))
    if (socket.destroyed) throw new Error('The device is off.')
    socket.write(Uint8Array.of(byte))
    const found = await answer
    if (found instanceof Error) throw found
    return found
  }
  const pressAll = async (bytes: Iterable<number>): Promise<PanelAnswer> => {
    let answer = await press(panelBytes.look)
    for (const byte of bytes) answer = await press(byte)
    return answer
  }
  const between = (begins: number, characters: Uint8Array, ends: number) =>
    pressAll([begins, ...characters, ends])
  const insert: Panel['insert'] = async (chip) => {
    let answer = await press(panelBytes.inserted)
    for (;;) {
      const [, command] = /^apdu ([0-9a-f]+)$/.exec(answer.said ?? '') ?? []
      if (command === undefined) return answer
      const reply = await chip(Uint8Array.from(Buffer.from(command, 'hex')))
      const length = [reply.length >> 8, reply.length & 0xff]
      for (const byte of [panelBytes.chipAnswers, ...length, ...reply]) answer = await press(byte)
    }
  }
  return {
    insert,
    look: () => press(panelBytes.look),
    key: (key) => press(panelBytes[key]),
    digits: (digits) => pressAll(Buffer.from(digits, 'latin1')),
    swipe: (track) => {
      const characters = Buffer.from(track, 'latin1')
      const whole = Uint8Array.from([...characters, lrcOf(characters)])
      return between(panelBytes.stripeBegins, whole, panelBytes.stripeEnds)
    },
    loadKey: (block) => between(panelBytes.blockBegins, Buffer.from(block), panelBytes.blockEnds),
    tamper: () => press(panelBytes.tamper),
    close: () => socket.destroy(),
  }
}

const reach = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

function readAnswer(value: object | 'garbage'): PanelAnswer | Error {
  const { display, state, said } = Object(value)
  const isText = typeof display === 'string' && typeof state === 'string'
  if (!isText || (said !== null && typeof said !== 'string'))
    return new Error('This is no front panel of an entry device.')
  return { display, state, said }
}
