/** The systems that the demo runs, in order. A new one is a row here and a file beside. */
import { runDoubleSealed } from './double-sealed.ts'
import { saboteurs } from './saboteurs.ts'
import type { System } from './world.ts'

export const systems: readonly System[] = [
  {
    id: 'S0.double_sealed',
    title: 'a card sealed twice, paid with by phone',
    run: runDoubleSealed,
    saboteurs,
  },
]
