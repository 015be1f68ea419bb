/** A card on its way to its terminal: HPKE to the terminal's key, every plaintext of one length. */
import { pad } from '@warifu/crypto/iso7816-padding'
import { CARD_BYTES } from '@warifu/protocol/delivery'
import type { InstallContext, SealedMessage } from '@warifu/protocol/sealed'
import { sealTo } from '@warifu/vault/sealed-message'
import { INSTALL_LIFE_MS, type Sealing } from './scheme.ts'

export function sealForInstalling(
  { world, target, nowMs }: Sealing,
  context: InstallContext,
  plaintext: Uint8Array,
): SealedMessage {
  const padded = pad(plaintext, CARD_BYTES)
  const letter = { purpose: 'card-install', context, plaintext: padded } as const
  const life = { createdMs: nowMs, lifeMs: INSTALL_LIFE_MS }
  const { message } = sealTo(target, { ...letter, ...life }, world.chance)
  padded.fill(0)
  return message
}
