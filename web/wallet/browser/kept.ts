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
  /** Puts what is made of the value in its place, at once; what comes out stands there then. */
  readonly change: (key: string, made: (before: unknown) => unknown) => Promise<unknown>
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
  const written = (work: IDBTransaction) =>
    new Promise<void>((resolve, reject) => {
      work.oncomplete = () => resolve()
      work.onabort = () => reject(work.error)
    })
  const change = async (key: string, made: (before: unknown) => unknown): Promise<unknown> => {
    const work = database.transaction(STORE, 'readwrite', { durability: 'strict' })
    const store = work.objectStore(STORE)
    let value: unknown
    const found = store.get(key)
    found.onsuccess = () => {
      value = made(found.result)
      if (value !== found.result) store.put(value, key)
    }
    await written(work)
    tell()
    channel.postMessage(null)
    return value
  }
  return {
    get: (key) => answered(database.transaction(STORE).objectStore(STORE).get(key)),
    set: async (key, value) => {
      await change(key, () => value)
    },
    change,
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
