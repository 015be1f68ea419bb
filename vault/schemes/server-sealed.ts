/**
 * `server_sealed` (JP6913237B2, fig. 4): the card sealed under a key of the vault's. The terminal
 * stores the blob as it came and shows it when it pays; it can read nothing of it.
 */
import { sha256 } from '@warifu/crypto/sha256'
import { openInner, sealInner } from '@warifu/vault/inner-blob'
import type { VaultScheme } from './scheme.ts'

export const serverSealed: VaultScheme<'server_sealed'> = {
  seal: async ({ world, card, row, target: { cardholder } }) => {
    const scheme = 'server_sealed'
    const blob = sealInner(world, { card, cardholder, scheme }, row)
    const { kid, check_value } = row
    const digest = sha256(blob).toString('base64url')
    return { digest, delivery: { scheme, blob }, key: { kid, check_value } }
  },
  opener: async () => (world, presented) => openInner(world, presented, presented.blob),
}
