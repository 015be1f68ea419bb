/**
 * The two PIN digits in the SIM follow the card's PIN (KR100451174B1): after a PIN was set, the
 * bridge writes them anew under the SIM's own PIN. What is kept here is whose digits are old ones;
 * the digits are not.
 */
import { writeSimDigits } from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Kept } from './kept.ts'
import { lineOf, readSim } from './sim.ts'
import type { World } from './world.tsx'

const KEY = 'sim-digits'

/** Cards whose PIN was set after the SIM had its digits. */
export async function readOldDigits({ get }: Kept): Promise<readonly Id<'crd'>[]> {
  const value = await get(KEY)
  return Array.isArray(value) ? value.filter((one) => isId('crd', one)) : []
}

/** Told before the SIM is: a page that is closed in between leaves the truth behind. */
export async function markOld({ kept }: World, card: Id<'crd'>): Promise<void> {
  const sim = (await readSim(kept))?.sim
  if (!sim?.cards.some((one) => one.card === card)) return
  const rest = (await readOldDigits(kept)).filter((one) => one !== card)
  await kept.set(KEY, [...rest, card])
}

/** True where the SIM has them now; false where no SIM in use on this phone has the card. */
export async function rewriteDigits(
  world: World,
  { card, digits }: { readonly card: Id<'crd'>; readonly digits: string },
): Promise<boolean> {
  const held = await readSim(world.kept)
  if (!held?.sim?.cards.some((one) => one.card === card)) return false
  await writeSimDigits(lineOf(world, held.token), { sim: held.sim, card, digits })
  const rest = (await readOldDigits(world.kept)).filter((one) => one !== card)
  await world.kept.set(KEY, rest)
  return true
}
