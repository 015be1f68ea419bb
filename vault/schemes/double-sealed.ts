/**
 * `double_sealed` (JP6913237B2, fig. 5, the granted claims; 4-crypto (b)): the blob of
 * `server_sealed`, sealed by HPKE to the terminal on its way. The terminal peels that layer once.
 */
import { sha256 } from '@warifu/crypto/sha256'
import type { InstallContext } from '@warifu/protocol/sealed'
import { openInner, sealInner } from '@warifu/vault/inner-blob'
import { sealForInstalling } from './installing.ts'
import type { VaultScheme } from './scheme.ts'

export const doubleSealed: VaultScheme<'double_sealed'> = {
  seal: async (sealing) => {
    const { world, card, row, target } = sealing
    const scheme = 'double_sealed'
    const blob = Buffer.from(sealInner(world, { card, cardholder: target.cardholder, scheme }, row))
    const digest = sha256(blob).toString('base64url')
    const context: InstallContext = { inner_digest: digest, terminal: target.thumbprint }
    const { kid, check_value } = row
    const sealed = sealForInstalling(sealing, context, blob)
    return { digest, delivery: { scheme, sealed }, key: { kid, check_value } }
  },
  opener: async () => (world, presented) => openInner(world, presented, presented.blob),
}
