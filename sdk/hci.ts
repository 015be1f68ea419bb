/**
 * A Bluetooth controller, spoken to in HCI packets over a stream (Bluetooth Core 5.4: Vol 4 Part A,
 * UART transport H4; Part E, commands and events). Only what broadcasting and listening need: no
 * connection, no pairing. A real controller is put behind a Unix socket by BlueZ's `btproxy`.
 */
import { createConnection, type Socket } from 'node:net'

/** OGF 3 and OGF 8 commands (Part E §7.3, §7.8). */
// biome-ignore format: a table reads by its columns
export const commands = {
  setEventMask:             0x0c01,
  reset:                    0x0c03,
  setRandomAddress:         0x2005,
  setAdvertisingParameters: 0x2006,
  setAdvertisingData:       0x2008,
  setAdvertisingEnable:     0x200a,
  setScanParameters:        0x200b,
  setScanEnable:            0x200c,
} as const
export type Command = keyof typeof commands

const packets = { command: 1, event: 4 } as const
const events = { commandComplete: 0x0e, commandStatus: 0x0f, leMeta: 0x3e } as const
const ADVERTISING_REPORT = 2

export class HciError extends Error {
  override readonly name = 'HciError'
  readonly code: 'controller_refused' | 'controller_gone'
  constructor(code: HciError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** One advertisement as a controller heard it. */
export type Report = {
  /** Most significant byte first. */
  readonly address: Uint8Array
  readonly data: Uint8Array
  /** Signal strength in dBm; undefined where the controller does not know. */
  readonly rssi: number | undefined
}

export function commandPacket(command: Command, parameters: Uint8Array): Uint8Array {
  const opcode = commands[command]
  const head = [packets.command, opcode & 0xff, opcode >> 8, parameters.length]
  return Uint8Array.from([...head, ...parameters])
}

/** Takes whole event packets off the front of what came; answers with what is left. */
export function readEvents(
  bytes: Uint8Array,
  take: (code: number, parameters: Uint8Array) => void,
): Uint8Array {
  let rest = bytes
  while (rest.length >= 3) {
    if (rest[0] !== packets.event)
      throw new HciError('controller_refused', 'The controller sent something else than events.')
    const end = 3 + (rest[2] ?? 0)
    if (rest.length < end) break
    take(rest[1] ?? 0, rest.subarray(3, end))
    rest = rest.subarray(end)
  }
  return rest
}

/** The advertisements in an LE Advertising Report event (Part E §7.7.65.2). */
export function reportsIn(parameters: Uint8Array): Report[] {
  const reports: Report[] = []
  if (parameters[0] !== ADVERTISING_REPORT) return reports
  for (let at = 2, left = parameters[1] ?? 0; left > 0; left -= 1) {
    const length = parameters[at + 8] ?? 0
    const end = at + 9 + length
    if (end >= parameters.length) break
    const rssi = new Int8Array([parameters[end] ?? 127])[0]
    reports.push({
      address: parameters.slice(at + 2, at + 8).reverse(),
      data: parameters.slice(at + 9, end),
      rssi: rssi === 127 ? undefined : rssi,
    })
    at = end + 1
  }
  return reports
}

export type Controller = {
  /** One command, and its status: 0, or it throws. In the order in which they are asked. */
  readonly send: (command: Command, parameters?: Uint8Array) => Promise<void>
  readonly close: () => void
}
type Waiting = { readonly done: () => void; readonly failed: (error: HciError) => void }

/** Opens a controller and resets it. */
export async function openController(
  path: string,
  onReport: (report: Report) => void = () => {},
): Promise<Controller> {
  const socket = await connect(path)
  const waiting = new Map<number, Waiting>()
  let [rest, last]: [Uint8Array, Promise<void>] = [new Uint8Array(0), Promise.resolve()]
  const gone = () => {
    for (const { failed } of waiting.values())
      failed(new HciError('controller_gone', 'The Bluetooth controller is gone.'))
    waiting.clear()
  }
  const settle = (opcode: number, status: number) => {
    const one = waiting.get(opcode)
    waiting.delete(opcode)
    if (status === 0) return one?.done()
    one?.failed(new HciError('controller_refused', `The controller refused (status ${status}).`))
  }
  const take = (code: number, parameters: Uint8Array) => {
    const byte = (at: number) => parameters[at] ?? 0
    if (code === events.commandComplete) settle(byte(1) | (byte(2) << 8), byte(3))
    if (code === events.commandStatus) settle(byte(2) | (byte(3) << 8), byte(0))
    if (code === events.leMeta) for (const report of reportsIn(parameters)) onReport(report)
  }
  socket.on('data', (chunk) => {
    rest = readEvents(Uint8Array.from([...rest, ...chunk]), take)
  })
  socket.on('error', gone)
  socket.on('close', gone)
  const send = (command: Command, parameters: Uint8Array = new Uint8Array(0)): Promise<void> => {
    const sent = last.then(
      () =>
        new Promise<void>((done, failed) => {
          if (socket.destroyed)
            return failed(new HciError('controller_gone', 'The Bluetooth controller is gone.'))
          waiting.set(commands[command], { done, failed })
          socket.write(commandPacket(command, parameters))
        }),
    )
    last = sent.catch(() => {})
    return sent
  }
  await send('reset')
  return { send, close: () => socket.destroy() }
}

const connect = (path: string): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = createConnection({ path }, () => done(socket))
    socket.once('error', failed)
  })

/** From now on the controller tells what it hears, without asking back (passive scanning). */
export async function startScanning({ send }: Controller): Promise<void> {
  await send('setEventMask', new Uint8Array(8).fill(0xff))
  await send('setScanParameters', Uint8Array.of(0, 0x10, 0, 0x10, 0, 0, 0))
  await send('setScanEnable', Uint8Array.of(1, 0))
}
