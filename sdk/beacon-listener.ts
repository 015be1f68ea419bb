/**
 * A till's ear: which proximity devices are near. It hears advertisements (UDP multicast in the
 * sandbox, a Bluetooth controller in life), takes out our codes and forgets what it has not heard
 * for a while. A code says nothing to a till but “somebody”: it is handed on as it is. For Node.js.
 *
 *   const ear = await listenForBeacons({ air: { kind: 'hci', socket: '/run/controller.sock' } })
 *   const [nearest] = ear.nearby()
 *   await warifu.payments.create({ amount, currency, presentment: { kind: 'beacon', code } })
 */
import { createSocket } from 'node:dgram'
import { toBase64url } from '@warifu/crypto/base64url'
import { codeIn, readPdu } from '@warifu/protocol/proximity-frame'
import { openController, startScanning } from './hci.ts'
import { ownRuntime, type Runtime } from './runtime.ts'

export type Air =
  | { readonly kind: 'udp'; readonly group: string; readonly port: number }
  /** A Bluetooth controller that speaks H4 on a Unix socket (BlueZ's `btproxy`). */
  | { readonly kind: 'hci'; readonly socket: string }

export type Nearby = {
  /** For `presentment: { kind: 'beacon', code }`. */
  readonly code: string
  /** Signal strength in dBm, where the air has one. */
  readonly rssi: number | undefined
  readonly firstMs: number
  readonly lastMs: number
}
export type BeaconListener = {
  /** Heard within the last seconds; the strongest first, then who has been near for longest. */
  readonly nearby: () => readonly Nearby[]
  readonly close: () => Promise<void>
}
export type ListenerOptions = Partial<Pick<Runtime, 'nowMs'>> & {
  readonly air: Air
  /** How long a code counts as near after it was heard last; 5 seconds if not told. */
  readonly keepMs?: number
  /** Told of each code that was not near before. */
  readonly onHeard?: (nearby: Nearby) => void
}
type Hear = (data: Uint8Array, rssi: number | undefined) => void

const LOOPBACK = '127.0.0.1'
/** More than any shop has near: whoever floods the air does not fill the memory. */
const MOST = 1_000

export async function listenForBeacons(options: ListenerOptions): Promise<BeaconListener> {
  const { air, keepMs = 5_000, onHeard, nowMs = ownRuntime.nowMs } = options
  const heard = new Map<string, Nearby>()
  const forget = (now: number) => {
    for (const [code, { lastMs }] of heard) if (now - lastMs > keepMs) heard.delete(code)
  }
  const hear: Hear = (data, rssi) => {
    const bytes = codeIn(data)
    if (bytes === undefined) return
    const now = nowMs()
    forget(now)
    const code = toBase64url(bytes)
    const before = heard.get(code)
    if (before === undefined && heard.size >= MOST) return
    const nearby = { code, rssi, firstMs: before?.firstMs ?? now, lastMs: now }
    heard.set(code, nearby)
    if (before === undefined) onHeard?.(nearby)
  }
  const close = await (air.kind === 'udp' ? hearUdp(air, hear) : hearHci(air, hear))
  return {
    nearby: () => {
      forget(nowMs())
      return [...heard.values()].sort(
        (a, b) => (b.rssi ?? -127) - (a.rssi ?? -127) || a.firstMs - b.firstMs,
      )
    },
    close,
  }
}

async function hearUdp(
  { group, port }: Extract<Air, { readonly kind: 'udp' }>,
  hear: Hear,
): Promise<() => Promise<void>> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  await new Promise<void>((done, failed) => {
    socket.once('error', failed)
    socket.bind(port, group, done)
  })
  socket.addMembership(group, LOOPBACK)
  socket.on('error', () => {})
  socket.on('message', (bytes) => {
    const pdu = readPdu(Uint8Array.from(bytes))
    if (pdu !== undefined) hear(pdu.data, undefined)
  })
  return () => new Promise((done) => socket.close(() => done()))
}

async function hearHci(
  { socket }: Extract<Air, { readonly kind: 'hci' }>,
  hear: Hear,
): Promise<() => Promise<void>> {
  const controller = await openController(socket, ({ data, rssi }) => hear(data, rssi))
  await startScanning(controller)
  return async () => controller.close()
}
