/** The page's front door: clock, chance, passkeys, storage and network come in here. */
import { Button } from '@mantine/core'
import { KitProvider, Mark, Said } from '@warifu/web/kit'
import { createRoot } from 'react-dom/client'

const root = document.getElementById('page')
if (root === null) throw new TypeError('the page has no place to stand')
createRoot(root).render(
  <KitProvider
    clock={{
      nowMs: () => Date.now(),
      every: (ms, work) => {
        const timer = setInterval(work, ms)
        return () => clearInterval(timer)
      },
      after: (ms, work) => {
        const timer = setTimeout(work, ms)
        return () => clearTimeout(timer)
      },
    }}
  >
    <main>
      <Mark size={64} label="Warifu" />
      <h1>Warifu</h1>
      <Button>Join</Button>
      <Said tone="plain" title="Hello" />
    </main>
  </KitProvider>,
)
