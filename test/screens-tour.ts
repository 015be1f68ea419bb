/** The tour: before, with every system run, and at one message. */
import type { Stage } from './screens-stage.ts'

const RUN_MS = 180_000

export async function shootTour({ browse, sandbox, camera }: Stage): Promise<void> {
  const page = await (await browse({ width: 1280 })).open(sandbox.tourOrigin)
  const row = (system: string) => page.locator(`[data-system="${system}"]`)
  await row('S4').waitFor()
  await camera.shoot(page, 'tour-start')
  for (const system of ['S0', 'S1', 'S2', 'S3', 'S4'])
    await camera.part(system, async () => {
      await row(system).getByRole('button', { name: 'Run it live' }).click()
      const ended = ':is([data-state=done], [data-state=failed])'
      await page.locator(`[data-system="${system}"]${ended}`).waitFor({ timeout: RUN_MS })
    })
  await camera.shoot(page, 'tour-run')
  await row('S0')
    .getByRole('region', { name: /^X-ray of a payment/ })
    .focus()
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight')
  await camera.shoot(page, 'tour-step')
}
