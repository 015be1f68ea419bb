/** What the server writes itself: start, guides, reference, errors, and the sandbox's inbox. */
import type { Stage } from './screens-stage.ts'

const pages = [
  ['start', '/'],
  ['guides', '/guides'],
  ['quick-start', '/guides/docs/quick-start'],
  ['systems', '/guides/docs/systems'],
  ['operating', '/guides/docs/operating'],
  ['threat-model', '/guides/docs/threat-model'],
  ['schemes', '/guides/docs/schemes/README'],
  ['x-ray', '/guides/docs/x-ray'],
  ['reference', '/docs'],
  ['errors', '/errors'],
  ['error', '/errors/payment_expired'],
  ['inbox', '/inbox'],
] as const

export async function shootDocs({ browse, sandbox, camera, people }: Stage): Promise<void> {
  const origin = `http://api.localhost:${sandbox.ports.api}`
  const page = await (await browse({ width: 1280 })).open(origin)
  await people.become('Nao')
  for (const [name, path] of pages)
    await camera.part(name, async () => {
      await page.goto(origin + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await camera.shoot(page, `docs-${name}`)
    })
}
