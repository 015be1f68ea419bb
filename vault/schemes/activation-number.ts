/**
 * `activation_number` (JP6913237B2, fig. 7; 4-crypto (e)): with the blob come a one-time number
 * of 128 bits that names it and a secret of 32 bytes, all sealed to the terminal. The card is dead
 * until the number came back in a signed request; each payment is sealed in HPKE PSK mode.
 */

import { unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { ActivationParcel } from '@warifu/protocol/delivery'
import type { InstallContext } from '@warifu/protocol/sealed'
import { keyOfCard, openStoredCard } from '@warifu/vault/cards'
import type { Hierarchy } from '@warifu/vault/hierarchy'
import { openInner, sealInner } from '@warifu/vault/inner-blob'
import { housePayKey, nameOf, signHouseKey } from '@warifu/vault/payment-keys'
import { no, yes } from '@warifu/vault/world'
import { readDeliveries } from './deliveries.ts'
import { sealForInstalling } from './installing.ts'
import { openPayMessage, readPayMessage } from './pay-message.ts'
import type { VaultScheme } from './scheme.ts'

const scheme = 'activation_number'

/** The number itself is not kept: it is found by its keyed hash. */
export const numberMac = (hierarchy: Hierarchy, number: string): Buffer =>
  hierarchy.mac('code', `activation/1${number}`)

export const activationNumber: VaultScheme<'activation_number'> = {
  seal: async (sealing) => {
    const { world, card, row, target, nowMs } = sealing
    const { hierarchy, chance } = world
    const blob = sealInner(world, { card, cardholder: target.cardholder, scheme }, row)
    const inner_digest = sha256(blob).toString('base64url')
    const number = toBase64url(chance.bytes(16))
    const secret = chance.bytes(32)
    const parcel: ActivationParcel = { blob, number, secret: toBase64url(secret) }
    const context: InstallContext = { inner_digest, terminal: target.thumbprint }
    const sealed = sealForInstalling(sealing, context, jcsBytes(parcel))
    const wrapped = wrapKey(hierarchy.cardholderKey(keyOfCard(row)), secret)
    secret.fill(0)
    const activation = { number_mac: numberMac(hierarchy, number), secret: wrapped }
    const payment_key = signHouseKey(hierarchy, nowMs)
    const { pan } = openStoredCard({ hierarchy, row })
    const shown = `${pan.slice(0, 6)}******${pan.slice(-4)}`
    const { kid, check_value } = row
    const delivery = { scheme, sealed, payment_key, shown } as const
    return { digest: inner_digest, delivery, key: { kid, check_value }, activation }
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
      if (!delivered?.secret || sender.key === undefined) return no('blob_invalid')
      if (delivered.state !== 'active') return no('card_not_activated')
      const secret = unwrapKey(world.hierarchy.cardholderKey(sender.key), delivered.secret)
      const psk = { psk: secret, pskId: Buffer.from(statement.card) }
      const plaintext = openPayMessage(world, { message, presented, scheme, key, psk })
      secret.fill(0)
      if (plaintext === undefined) return no('blob_invalid')
      const opened = openInner(world, presented, Buffer.from(plaintext).toString('latin1'))
      return opened.ok ? yes(nameOf(key)) : opened
    }
  },
}
