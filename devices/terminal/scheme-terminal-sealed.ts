/** `terminal_sealed` (JP6913237B2, figs. 2, 3): the card itself, read here, sealed anew to pay. */
import { openInstalled } from './open-sealed.ts'
import { sealForPaying } from './pay-message.ts'
import { assertAnnounced, type TerminalScheme } from './scheme.ts'

export const terminalSealed: TerminalScheme<'terminal_sealed'> = {
  install: async (installing) => {
    const text = await openInstalled(installing, installing.delivery.sealed)
    await assertAnnounced(text, installing.digest)
    return { text }
  },
  show: {
    seals: true,
    text: (showing) =>
      sealForPaying(showing, { scheme: 'terminal_sealed', plaintext: showing.text }),
  },
}
