/** The systems that the demo runs, in order. A new one is a row here and a file beside. */
import { runDoubleSealed } from './double-sealed.ts'
import { entryDeviceSaboteurs, runEntryDevice } from './entry-device.ts'
import { saboteurs } from './saboteurs.ts'
import { runToken, tokenSaboteurs } from './token.ts'
import type { System } from './world.ts'

export const systems: readonly System[] = [
  {
    id: 'S0.double_sealed',
    title: 'a card sealed twice, paid with by phone',
    run: runDoubleSealed,
    saboteurs,
  },
  {
    id: 'S4.entry_device',
    title: 'a card keyed, swiped or inserted at a shop’s entry device',
    run: runEntryDevice,
    saboteurs: entryDeviceSaboteurs,
  },
  {
    id: 'S4.token',
    title: 'a card kept as sixteen digits, charged inside a consent',
    run: runToken,
    saboteurs: tokenSaboteurs,
  },
]
