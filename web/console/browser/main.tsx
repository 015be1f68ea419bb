/** The page's front door: clock, chance, network and passkeys come in here. No secret ever does. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { toBase64url } from '@warifu/crypto/base64url'
import { NoAnswer } from '@warifu/sdk/api-call'
import { type Clock, KitProvider } from '@warifu/web/kit'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { type Ground, GroundProvider } from './ground.ts'
import { RouteProvider } from './route.tsx'
import './console.css'
import './grid.css'
import './pages.css'

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

const ground: Ground = {
  api: { fetch: (url, init) => fetch(url, init), apiUrl: '' },
  newKey: () => crypto.randomUUID(),
  digest: async (bytes) =>
    toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))),
  credentials: navigator.credentials,
  saveFile: (name, bytes) => {
    const url = URL.createObjectURL(bytes)
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    clock.after(60_000, () => URL.revokeObjectURL(url))
  },
  copy: (text) => navigator.clipboard.writeText(text),
}

/** A no is an answer; only a cut line is tried again. */
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      retry: (count, error) => error instanceof NoAnswer && count < 2,
    },
  },
})

const root = document.getElementById('page')
if (root === null) throw new TypeError('the page has no place to stand')
createRoot(root).render(
  <StrictMode>
    <KitProvider clock={clock}>
      <GroundProvider value={ground}>
        <QueryClientProvider client={client}>
          <RouteProvider>
            <App />
          </RouteProvider>
        </QueryClientProvider>
      </GroundProvider>
    </KitProvider>
  </StrictMode>,
)
