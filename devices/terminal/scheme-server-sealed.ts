/** `server_sealed` (JP6913237B2, fig. 4): a blob for the vault alone, kept and shown as it came. */
import { asKept, assertAnnounced, type TerminalScheme } from './scheme.ts'

export const serverSealed: TerminalScheme<'server_sealed'> = {
  install: async ({ delivery: { blob: text }, digest }) => {
    await assertAnnounced(text, digest)
    return { text }
  },
  show: asKept,
}
