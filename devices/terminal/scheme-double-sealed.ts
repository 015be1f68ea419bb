/** `double_sealed` (JP6913237B2, fig. 5): this terminal's layer is peeled off once, here. */
import { openInstalled } from './open-sealed.ts'
import { asKept, assertAnnounced, type TerminalScheme } from './scheme.ts'

export const doubleSealed: TerminalScheme<'double_sealed'> = {
  install: async (installing) => {
    const text = await openInstalled(installing, installing.delivery.sealed)
    await assertAnnounced(text, installing.digest)
    return { text }
  },
  show: asKept,
}
