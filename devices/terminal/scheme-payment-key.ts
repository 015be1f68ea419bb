/** `payment_key` (JP6913237B2, fig. 6): a blob as it came, sealed anew to a key of its owner's. */
import { sealForPaying } from './pay-message.ts'
import { assertAnnounced, type TerminalScheme } from './scheme.ts'

export const paymentKey: TerminalScheme<'payment_key'> = {
  install: async ({ delivery: { blob: text }, digest }) => {
    await assertAnnounced(text, digest)
    return { text }
  },
  show: {
    seals: true,
    text: (showing) => sealForPaying(showing, { scheme: 'payment_key', plaintext: showing.text }),
  },
}
