/**
 * The service worker: keeps the page's own files, each by its digest, so that the wallet opens
 * without a connection. It keeps no answer of the API and touches no request to it. `FILES` (path →
 * integrity) and `BUILD` are written above this code by the build: another build is another worker.
 */
declare const FILES: Readonly<Record<string, string>>
declare const BUILD: string

/** The few members of the worker's scope that are used; `lib.dom` describes pages only. */
type Scope = {
  readonly clients: { claim(): Promise<void> }
  readonly location: Location
  addEventListener(name: string, listener: (event: WorkerEvent) => void): void
}
type WorkerEvent = {
  readonly request: Request
  waitUntil(work: Promise<unknown>): void
  respondWith(answer: Promise<Response>): void
}
declare const self: Scope

const CONFIG = '/config.json'
const NAME = `warifu-${BUILD}`

self.addEventListener('install', (event) => event.waitUntil(keepFiles()))
self.addEventListener('activate', (event) => event.waitUntil(forgetOthers()))
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname === CONFIG) return event.respondWith(freshOrKept(event.request))
  const path = event.request.mode === 'navigate' ? '/index.html' : url.pathname
  if (FILES[path] !== undefined) event.respondWith(keptOrFresh(path, event.request))
})

/** A file with another digest than the build's is refused by the browser, and nothing is kept. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(NAME)
  const keep = async ([path, integrity]: [string, string]) => {
    const answer = await fetch(path, { integrity, cache: 'no-cache' })
    if (!answer.ok) throw new TypeError(`${path} cannot be kept`)
    await cache.put(path, answer)
  }
  await Promise.all([...Object.entries(FILES).map(keep), cache.add(CONFIG)])
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function keptOrFresh(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME)
  return (await cache.match(path)) ?? fetch(request)
}

async function freshOrKept(request: Request): Promise<Response> {
  const cache = await caches.open(NAME)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(CONFIG, answer.clone())
    return answer
  } catch (fault) {
    const kept = await cache.match(CONFIG)
    if (kept === undefined) throw fault
    return kept
  }
}
