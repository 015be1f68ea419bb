/**
 * Messages to an admitted terminal: HPKE base mode (RFC 9180) with the header and context of
 * protocol/sealed.ts. The recipient is a row of the vault, never a key that a caller brought.
 */

import { hash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { type SenderContext, setupBaseS } from '@warifu/crypto/hpke'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { type SealedHeader, type SealedMessage, SUITE } from '@warifu/protocol/sealed'
import type { Chance } from './given.ts'

export type Recipient = { readonly point: Uint8Array; readonly thumbprint: string }
export type Letter<P extends string = SealedHeader['purpose']> = {
  readonly purpose: P
  readonly context: object
  readonly plaintext: Uint8Array
  readonly createdMs: number
  readonly lifeMs: number
}
type Header<P> = Omit<SealedHeader, 'purpose'> & { readonly purpose: P }
export type SealedLetter<P extends string = SealedHeader['purpose']> = {
  readonly message: Omit<SealedMessage, 'header'> & { readonly header: Header<P> }
  readonly exportSecret: SenderContext['exportSecret']
}

/** SHA-256 as it stands in a message: base64url. */
export const digestOf = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'base64url')

export function sealTo<P extends string>(
  recipient: Recipient,
  letter: Letter<P>,
  chance: Chance,
): SealedLetter<P> {
  const header: Header<P> = {
    v: 1,
    suite: SUITE,
    purpose: letter.purpose,
    kid: recipient.thumbprint,
    recipient: recipient.thumbprint,
    created: new Date(letter.createdMs).toISOString(),
    exp: new Date(letter.createdMs + letter.lifeMs).toISOString(),
  }
  const { enc, context } = setupBaseS({
    recipientPublic: recipient.point,
    info: envelopeInfo(letter.purpose, sha256(jcsBytes(header))),
    ephemeral: chance.keyPair(),
  })
  const ct = context.seal(envelopeAad(header, letter.context), letter.plaintext)
  return {
    message: { header, enc: toBase64url(enc), ct: toBase64url(ct) },
    exportSecret: context.exportSecret,
  }
}
