/**
 * The front door of the till's back end: the environment, the clock and chance come in here, and
 * the API key, which never leaves this process.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isId } from '@warifu/protocol/ids'
import { type BeaconListener, listenForBeacons } from '@warifu/sdk/beacon-listener'
import { type CommunicationModule, openCommunicationModule } from '@warifu/sdk/communication-module'
import { createWarifu } from '@warifu/sdk/sdk'
import { openBook } from './book.ts'
import { catalogue } from './catalogue.ts'
import { placesIn } from './device-places.ts'
import { createTill } from './till.ts'
import { createTillServer } from './till-server.ts'

const RESUME_MS = 2000
const BEAT_MS = 15_000

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new TypeError(`${name} must be set`)
  return value
}

function portSetting(name: string): number {
  const port = Number(setting(name))
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new TypeError(`${name} must be a port: 1 to 65535`)
  return port
}

function originSetting(name: string, usual: string): string {
  const url = URL.parse(process.env[name] ?? usual)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${name} must be an http or https origin`)
  return url.origin
}

const log = (event: string, more: object = {}) =>
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...more }))

/** What must not happen: say it, without what was in it, and let whoever watches start us anew. */
function onFault(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  log('fault', { name, message, stack })
  process.exit(1)
}

async function main(): Promise<void> {
  const port = portSetting('PORT')
  const till = originSetting('TILL_ORIGIN', `http://pos.localhost:${port}`)
  const shop = originSetting('SHOP_ORIGIN', `http://shop.localhost:${port}`)
  const folder = setting('DATA_FOLDER')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const book = openBook(join(folder, 'till.db'))
  const apiKey = readFileSync(setting('API_KEY_FILE'), 'utf8').trim()
  const platform = { apiKey, apiUrl: setting('API_URL') }
  const warifu = createWarifu({ ...platform, retries: 1, timeoutMs: 5000 })
  const module = await openModule(platform, join(folder, 'sales'))
  const ear = await openEar(process.env['BEACON_AIR'])
  const parts = createTill({
    book,
    warifu,
    module,
    catalogue,
    nowMs: () => Date.now(),
    nearby: () => (ear?.nearby() ?? []).map(({ code }) => ({ code })),
    secret: () => randomBytes(32).toString('base64url'),
    newKey: () => randomUUID(),
    returnUrl: (key) => `${shop}/shop/orders/${key}`,
    onFault,
  })
  const server = await createTillServer(parts, { till, shop })
  await server.listen({ host: process.env['HOST'] ?? '127.0.0.1', port })
  const ending = new AbortController()
  const clock = startClock(parts.desk.resume, () => {
    parts.tillLive.beat()
    parts.shopLive.beat()
  })
  parts.follow(ending.signal).catch(onFault)
  parts.entering.takeUp().catch(onFault)
  log('ready', { port, till, shop })
  const stop = () => {
    clock.stop()
    ending.abort()
    void ear?.close()
    const closed = Promise.all([server.close(), module?.close()])
    closed.then(() => book.close(), onFault)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** Drives the shop's entry devices, where it has any; other tills may have them too. */
async function openModule(
  platform: { readonly apiKey: string; readonly apiUrl: string },
  folder: string,
): Promise<CommunicationModule | undefined> {
  const places = placesIn(process.env['ENTRY_DEVICES'] ?? '')
  if (places.length === 0) return undefined
  const merchant = setting('MERCHANT')
  if (!isId('mer', merchant)) throw new TypeError('MERCHANT must be a merchant’s id: mer_…')
  return openCommunicationModule({
    ...platform,
    ...{ merchant, folder, places, heartbeats: 'open_lines', timeoutMs: 5000 },
  })
}

/** Where devices are heard: `udp:GROUP:PORT`, or `hci:SOCKET` of a Bluetooth controller. */
async function openEar(text: string | undefined): Promise<BeaconListener | undefined> {
  if (text === undefined || text === '') return undefined
  const [kind, place = '', port] = text.split(':')
  const udp = { kind: 'udp', group: place, port: Number(port) } as const
  return listenForBeacons({ air: kind === 'hci' ? { kind: 'hci', socket: place } : udp })
}

/** Asks again for what has no answer, at once for what a crash left; keeps lines open. */
function startClock(resume: () => Promise<void>, beat: () => void) {
  let isBusy = false
  const tick = () => {
    if (isBusy) return
    isBusy = true
    resume()
      .catch(onFault)
      .finally(() => {
        isBusy = false
      })
  }
  tick()
  const timers = [setInterval(tick, RESUME_MS), setInterval(beat, BEAT_MS)]
  return { stop: () => timers.forEach(clearInterval) }
}

try {
  await main()
} catch (fault) {
  console.error(`The till cannot start: ${fault instanceof Error ? fault.message : fault}`)
  process.exit(1)
}
