/**
 * `activation_number` (JP6913237B2, fig. 7): the blob comes with a one-time number, to be sent back
 * once, and with the secret under which each payment is sealed (HPKE, PSK mode).
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import type { ActivationParcel } from '@warifu/protocol/delivery'
import { openInstalled } from './open-sealed.ts'
import { sealForPaying } from './pay-message.ts'
import { assertAnnounced, type TerminalScheme } from './scheme.ts'

type Kept = Pick<ActivationParcel, 'blob' | 'secret'>

export const activationNumber: TerminalScheme<'activation_number'> = {
  install: async (installing) => {
    // Sealed by the vault to this terminal: what opens has the vault's form.
    const opened = await openInstalled(installing, installing.delivery.sealed)
    const { blob, secret, number }: ActivationParcel = JSON.parse(opened)
    await assertAnnounced(blob, installing.digest)
    const kept: Kept = { blob, secret }
    return { text: jcs(kept), number }
  },
  show: {
    seals: true,
    text: (showing) => {
      const { blob, secret }: Kept = JSON.parse(showing.text)
      const psk = fromBase64url(secret)
      return sealForPaying(showing, { scheme: 'activation_number', plaintext: blob, psk })
    },
  },
}
