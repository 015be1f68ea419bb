/**
 * `payment_key` (JP6913237B2, fig. 6): the blob of `server_sealed` is installed, and each payment
 * seals it anew to a key pair of this cardholder and epoch, with the payment's content as context.
 */
import { sha256 } from '@warifu/crypto/sha256'
import { keyOfCard } from '@warifu/vault/cards'
import { openInner, sealInner } from '@warifu/vault/inner-blob'
import { nameOf, readUserKeys, signUserKey, userPayKey } from '@warifu/vault/payment-keys'
import { no, yes } from '@warifu/vault/world'
import { openPayMessage, readPayMessage } from './pay-message.ts'
import type { VaultScheme } from './scheme.ts'

const scheme = 'payment_key'

export const paymentKey: VaultScheme<'payment_key'> = {
  seal: async ({ world, sql, card, row, target: { cardholder }, nowMs }) => {
    const owner = { cardholder, key: keyOfCard(row) }
    const payment_key = await signUserKey(world, sql, { owner, nowMs })
    const blob = sealInner(world, { card, cardholder, scheme }, row)
    const digest = sha256(blob).toString('base64url')
    const { kid, check_value } = row
    return { digest, delivery: { scheme, blob, payment_key }, key: { kid, check_value } }
  },
  opener: async (sql, all) => {
    const keys = await readUserKeys(
      sql,
      all.map(({ sender }) => sender.cardholder),
    )
    return (world, presented) => {
      const { sender, statement, blob } = presented
      const message = readPayMessage(blob)
      if (message === undefined) return no('blob_invalid')
      const card = sender.cards.get(statement.card)
      if (card === undefined) return no('card_unknown')
      if (card.scheme !== scheme) return no('scheme_mismatch')
      const row = keys.get(message.header.kid)
      if (row?.cardholder !== sender.cardholder || sender.key === undefined)
        return no('payment_key_expired')
      const key = userPayKey(world, row, sender.key)
      const plaintext = openPayMessage(world, { message, presented, scheme, key })
      if (plaintext === undefined) return no('blob_invalid')
      const opened = openInner(world, presented, Buffer.from(plaintext).toString('latin1'))
      return opened.ok ? yes(nameOf(key)) : opened
    }
  },
}
