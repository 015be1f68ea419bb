/** The vault's keys where their root is in an HSM (its test double): a house of its own has one. */
import { prepareDatabases } from './clusters.ts'
import { handsAt, rootInHsm, settled } from './console-desk.ts'
import { startHouse } from './house.ts'
import { hsmNeeds } from './hsm.ts'
import { has } from './needs.ts'
import type { Stage } from './screens-stage.ts'

export async function keysInHsm({ camera, browse }: Stage): Promise<void> {
  if (!has(hsmNeeds)) return
  await using stack = new AsyncDisposableStack()
  await prepareDatabases(stack, { fsync: 'off' })
  const env = { vault: await rootInHsm(stack) }
  const { consoleOrigin } = stack.use(await startHouse({ console: true, env }))
  const page = await (await browse({ width: 1280 })).open(consoleOrigin)
  await handsAt(page, consoleOrigin).enter('aoi', '/keys')
  await settled(page)
  await camera.shoot(page, 'console-keys-hsm')
}
