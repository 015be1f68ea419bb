/**
 * A card sealed to the vault for one payment: HPKE (RFC 9180), base mode or with a shared secret
 * (PSK mode), its context the payment's content, its terminal and its card (4-crypto (c)).
 */

import { readBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError, type Psk, type RecipientContext } from '@warifu/crypto/hpke'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { PayContext } from '@warifu/protocol/delivery'
import type { Scheme } from '@warifu/protocol/schemes'
import { type SealedMessage, sealedMessage } from '@warifu/protocol/sealed'
import type { Enclosed } from '@warifu/vault/hierarchy'
import { parseJson } from '@warifu/vault/parse-json'
import type { World } from '@warifu/vault/world'
import { Compile } from 'typebox/compile'
import type { Presented } from './scheme.ts'

const messageShape = Compile(sealedMessage)

/** The message in its transport form, where it is one that was sealed for paying. */
export function readPayMessage(text: string): SealedMessage | undefined {
  const bytes = readBase64url(text)
  const message = bytes === undefined ? undefined : parseJson(bytes)
  if (!messageShape.Check(message)) return undefined
  const { purpose, kid, recipient } = message.header
  return purpose === 'card-pay' && kid === recipient ? message : undefined
}

/** A pair of ours that cards are sealed to. */
export type PayKey = {
  readonly kid: string
  readonly epoch: number
  readonly receive: (letter: Enclosed) => RecipientContext
}
type Opening = {
  readonly message: SealedMessage
  readonly presented: Presented
  readonly scheme: Scheme
  readonly key: PayKey
  /** The secret that vault and terminal share, and its name. */
  readonly psk?: Psk
}

/** The plaintext, or undefined where any bit of key, text, header or context differs. */
export function openPayMessage(
  { probe }: Pick<World, 'probe'>,
  { message: { header, enc, ct }, presented, scheme, key, psk }: Opening,
): Uint8Array | undefined {
  probe.decrypted()
  const { sender, statement, contentDigest } = presented
  const context: PayContext = {
    scheme,
    cardholder: sender.cardholder,
    epoch: key.epoch,
    terminal: sender.signing_thumbprint,
    card: statement.card,
    content_digest: contentDigest,
  }
  const [encapsulated, text] = [readBase64url(enc), readBase64url(ct)]
  if (encapsulated === undefined || text === undefined) return undefined
  const info = envelopeInfo('card-pay', sha256(jcs(header)))
  try {
    const receiving = key.receive({ enc: encapsulated, info, psk })
    return unpad(receiving.open(envelopeAad(header, context), text))
  } catch (error) {
    if (error instanceof HpkeError || error instanceof PaddingError) return undefined
    throw error
  }
}
