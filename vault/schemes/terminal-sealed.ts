/**
 * `terminal_sealed` (JP6913237B2, figs. 2 and 3): the card sealed by HPKE to the terminal that
 * applied, which reads it and keeps it under a local key. To pay it seals the card data to the
 * house's payment key, for this payment. The only scheme in which a phone holds the number.
 *
 * A nonce of 32 bytes lies beside the number: its digest is told, the number cannot be guessed
 * from it, and whoever only knows the number has no card of this scheme.
 */

import { timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { InstallContext } from '@warifu/protocol/sealed'
import { openStoredCard, panIndex } from '@warifu/vault/cards'
import { parseJson } from '@warifu/vault/parse-json'
import { housePayKey, nameOf, signHouseKey } from '@warifu/vault/payment-keys'
import { thumbprintCheckValue } from '@warifu/vault/public-key'
import { no, yes } from '@warifu/vault/world'
import { readDeliveries } from './deliveries.ts'
import { sealForInstalling } from './installing.ts'
import { openPayMessage, readPayMessage } from './pay-message.ts'
import type { VaultScheme } from './scheme.ts'

const scheme = 'terminal_sealed'

export const terminalSealed: VaultScheme<'terminal_sealed'> = {
  seal: async (sealing) => {
    const { world, row, target, nowMs } = sealing
    const { hierarchy, chance } = world
    const nonce = toBase64url(chance.bytes(32))
    const plaintext = jcsBytes({ ...openStoredCard({ hierarchy, row }), nonce })
    const inner_digest = sha256(plaintext).toString('base64url')
    const context: InstallContext = { inner_digest, terminal: target.thumbprint }
    const sealed = sealForInstalling(sealing, context, plaintext)
    plaintext.fill(0)
    const payment_key = signHouseKey(hierarchy, nowMs)
    const kid = target.thumbprint
    const key = { kid, check_value: thumbprintCheckValue(kid) }
    return { digest: inner_digest, delivery: { scheme, sealed, payment_key }, key }
  },
  opener: async (sql, all) => {
    const deliveredOf = await readDeliveries(sql, all)
    return (world, presented) => {
      const { sender, statement, blob } = presented
      const message = readPayMessage(blob)
      if (message === undefined) return no('blob_invalid')
      const card = sender.cards.get(statement.card)
      if (card === undefined) return no('card_unknown')
      if (card.scheme !== scheme) return no('scheme_mismatch')
      const key = housePayKey(world)
      if (message.header.kid !== key.kid) return no('payment_key_expired')
      const delivered = deliveredOf(presented)
      if (delivered === undefined) return no('blob_invalid')
      const plaintext = openPayMessage(world, { message, presented, scheme, key })
      if (plaintext === undefined) return no('blob_invalid')
      const isHanded = timingSafeEqual(sha256(plaintext), delivered.digest)
      const pan = isHanded ? panOf(plaintext) : ''
      plaintext.fill(0)
      const isCard = timingSafeEqual(panIndex(world.hierarchy, pan), card.index)
      return isCard ? yes(nameOf(key)) : no('blob_invalid')
    }
  },
}

/** What was handed out is ours: a digest of it stands in the vault's own row. */
function panOf(plaintext: Uint8Array): string {
  const data = parseJson(plaintext)
  return typeof data === 'object' && data !== null && 'pan' in data ? String(data.pan) : ''
}
