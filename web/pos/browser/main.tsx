/** The page's front door: clock, chance and network come in here. No secret ever does. */
import { KitProvider } from '@warifu/web/kit'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BackEndRefusal, type Ground, GroundProvider } from './ground.tsx'
import { ShopApp } from './shop-app.tsx'
import { TillApp } from './till-app.tsx'
import { isShop, ViewProvider } from './views.tsx'
import './pos.css'

const clock = {
  nowMs: () => Date.now(),
  every: (ms: number, work: () => void) => {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
  after: (ms: number, work: () => void) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}

async function answerOf(response: Response): Promise<unknown> {
  const value: unknown = await response.json()
  if (response.ok) return value
  const { error } = { error: undefined, ...Object(value) } as { error: unknown }
  const { code, message } = { code: 'internal_error', message: '', ...Object(error) }
  throw new BackEndRefusal(String(code), String(message))
}

const events = ['day', 'order', 'platform'] as const

const ground: Ground = {
  newDraft: () => crypto.randomUUID(),
  get: async (path) => answerOf(await fetch(path)),
  post: async (path, body) =>
    answerOf(
      await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    ),
  listen: (path, { onMessage, onState }) => {
    let source = new EventSource(path)
    let end = () => {}
    const open = () => {
      source.onopen = () => onState(true)
      source.onerror = () => {
        onState(false)
        // The browser gives up on some answers; the till does not.
        if (source.readyState !== EventSource.CLOSED) return
        end = clock.after(1000, () => {
          source = new EventSource(path)
          open()
        })
      }
      for (const event of events)
        source.addEventListener(event, ({ data }) => onMessage(event, JSON.parse(String(data))))
    }
    open()
    return () => {
      end()
      source.close()
    }
  },
  copy: (text) => navigator.clipboard.writeText(text),
}

const root = document.getElementById('page')
if (root === null) throw new TypeError('the page has no place to stand')
createRoot(root).render(
  <StrictMode>
    <KitProvider clock={clock}>
      <GroundProvider value={ground}>
        <ViewProvider>{isShop(location.pathname) ? <ShopApp /> : <TillApp />}</ViewProvider>
      </GroundProvider>
    </KitProvider>
  </StrictMode>,
)
