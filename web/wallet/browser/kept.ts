/**
 * What the wallet keeps in its own IndexedDB: the terminal's state, keys as CryptoKeys that cannot
 * be read, and a few facts of the page. A write is durable before it is answered: a counter that
 * was used must not come back after a crash. Other tabs are told that something changed.
 */
import { blankState, type TerminalState, type TerminalStore } from '@warifu/devices/terminal'

const STORE = 'kept'
const CHANNEL = 'warifu-kept'

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

export type Kept = {
  readonly get: (key: string) => Promise<unknown>
  readonly set: (key: string, value: unknown) => Promise<void>
  /** Called when this tab, or another one, has changed something. */
  readonly onChange: (tell: () => void) => () => void
}

export async function openKept(factory: IDBFactory): Promise<Kept> {
  const opening = factory.open('warifu-wallet', 1)
  opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE)
  const database = await answered(opening)
  const channel = new BroadcastChannel(CHANNEL)
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  channel.onmessage = tell
  const set = (key: string, value: unknown) =>
    new Promise<void>((resolve, reject) => {
      const work = database.transaction(STORE, 'readwrite', { durability: 'strict' })
      work.objectStore(STORE).put(value, key)
      work.oncomplete = () => resolve()
      work.onabort = () => reject(work.error)
    })
  return {
    get: (key) => answered(database.transaction(STORE).objectStore(STORE).get(key)),
    set: async (key, value) => {
      await set(key, value)
      tell()
      channel.postMessage(null)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What this page wrote itself has its shape; nobody else reaches this origin's database. */
const isState = (value: unknown): value is TerminalState =>
  typeof value === 'object' && value !== null && 'counter' in value && 'cards' in value

export const terminalStore = ({ get, set }: Kept): TerminalStore => ({
  load: async () => {
    const value = await get('terminal')
    return isState(value) ? { ...blankState, ...value } : blankState
  },
  save: (state) => set('terminal', state),
})
