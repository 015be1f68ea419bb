/** The page's front door: clock, chance, passkeys, storage and network come in here. */
import { createTerminal, lockTurns, openChipLink } from '@warifu/devices/terminal'
import { NoAnswer } from '@warifu/sdk/api-call'
import { ownRuntime } from '@warifu/sdk/runtime'
import { type Clock, KitProvider } from '@warifu/web/kit'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { openKept, terminalStore } from './kept.ts'
import { browserAuthenticator } from './passkey.ts'
import { pendingStore } from './pending.ts'
import { reachBy } from './reach.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { onLink, takeLink } from './views.tsx'
import { type World, WorldProvider } from './world.tsx'

const clock: Clock = {
  nowMs: () => Date.now(),
  every: (pauseMs, work) => {
    const timer = setInterval(work, pauseMs)
    return () => clearInterval(timer)
  },
  after: (waitMs, work) => {
    const timer = setTimeout(work, waitMs)
    return () => clearTimeout(timer)
  },
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** Where the API and this person's devices are, from the page's server; its policy has no other. */
async function readPlaces() {
  const config: unknown = await (await fetch('/config.json')).json()
  const read = (wanted: string): string | undefined => {
    const found = Object.entries(config ?? {}).find(([name]) => name === wanted)?.[1]
    return typeof found === 'string' ? found : undefined
  }
  const apiUrl = read('api_origin')
  if (apiUrl === undefined) throw new TypeError('the page was not told where the API is')
  return { apiUrl, proximity: read('proximity_origin'), bridge: read('sim_origin') ?? null }
}

const NEAR_MS = 5_000

/** A device that is near answers at once; whoever is not told where it is finds none. */
const chipOpener = (url: string | undefined) => () =>
  openChipLink({ url: url ?? 'ws://127.0.0.1:1', signal: ownRuntime.timeout(NEAR_MS) })

async function makeWorld(): Promise<World> {
  const kept = await openKept(indexedDB)
  const { apiUrl, proximity, bridge } = await readPlaces()
  const language = () => document.documentElement.lang
  const reach = reachBy({ fetch: ownRuntime.fetch, apiUrl, language })
  const api = { fetch: reach.fetch, apiUrl }
  const { nowMs } = clock
  const terminal = createTerminal({
    ...api,
    origin: location.origin,
    nowMs,
    random,
    passkey: browserAuthenticator({ credentials: navigator.credentials, random }),
    store: terminalStore(kept),
    turns: lockTurns(navigator.locks, 'warifu-terminal'),
    extractable: false,
  })
  return {
    terminal,
    api,
    reach,
    bridge,
    origin: location.origin,
    kept,
    pending: pendingStore(kept),
    nowMs,
    openChip: chipOpener(proximity),
    waiting: ownRuntime,
    leaveFor: (url) => location.assign(url),
  }
}

/** The page cannot begin: its server is silent, or the browser gives it no storage. */
const Unopened = ({ fault }: { readonly fault: unknown }) => (
  <KitProvider clock={clock}>
    <main className="page-main">
      <TroubleSaid
        error={fault instanceof TypeError ? new NoAnswer('connection_cut', '') : fault}
        again={() => location.reload()}
      />
    </main>
  </KitProvider>
)

async function main(place: HTMLElement): Promise<void> {
  const page = createRoot(place)
  const link = takeLink()
  const world = await makeWorld().catch((fault: unknown) => {
    page.render(<Unopened fault={fault} />)
  })
  if (world === undefined) return
  const take = (found: string) => world.pending.take({ link: found, claim: null, ending: null })
  if (link !== null) await take(link)
  onLink((found) => void take(found))
  page.render(
    <KitProvider clock={clock}>
      <WorldProvider world={world}>
        <App />
      </WorldProvider>
    </KitProvider>,
  )
  await navigator.serviceWorker?.register('/worker.js')
}

const place = document.getElementById('page')
if (place === null) throw new TypeError('the page has no place to stand')
void main(place)
