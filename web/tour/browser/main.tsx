/** The page's front door: its clock comes in here. */
import { KitProvider } from '@warifu/web/kit'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { TourApp } from './tour-app.tsx'
import './tour.css'

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

const root = document.getElementById('page')
if (root === null) throw new TypeError('the page has no place to stand')
createRoot(root).render(
  <StrictMode>
    <KitProvider clock={clock}>
      <TourApp />
    </KitProvider>
  </StrictMode>,
)
