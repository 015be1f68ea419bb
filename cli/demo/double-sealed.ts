/**
 * S0, scheme `double_sealed` (JP6913237B2, the granted claims): a person joins, applies, receives a
 * card that only the vault can read, peels the terminal's layer once, and pays a shop with it.
 */
import type { Checks } from './checks.ts'
import { becomeHolder, payTwice } from './journey.ts'
import { checkReading } from './reading.ts'
import { checkRefusals } from './refusals.ts'
import type { Reader, World } from './world.ts'

export async function runDoubleSealed(world: World, checks: Checks): Promise<readonly Reader[]> {
  const aiko = await becomeHolder({ world, checks, person: world.person(), name: 'Aiko' })
  await payTwice(world, checks, aiko)
  const mallory = world.person()
  await checks.step('another person joins, with a terminal of her own', async () => {
    await mallory.terminal.join('Mallory')
    await mallory.terminal.enrol()
  })
  await checkRefusals({ world, checks, aiko, mallory: mallory.terminal })
  return await checkReading({ world, checks, holder: aiko })
}
