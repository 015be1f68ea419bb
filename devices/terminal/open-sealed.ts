/**
 * Opens what the vault sealed to this terminal: HPKE base mode (RFC 9180) by `@hpke/core`.
 *
 * The header says for whom and for what it was sealed; a message with another header, or with a
 * context other than the expected one, does not open. The library gets the whole key pair: with a
 * lone non-extractable private key it guesses a coordinate, and fails for half of all keys.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import {
  type InstallContext,
  POP_EXPORT,
  type PopContext,
  type SealedMessage,
} from '@warifu/protocol/sealed'
import { TerminalError } from './terminal-error.ts'
import { hmac, sha256, thumbprintOf } from './terminal-keys.ts'

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

type Opening = {
  readonly sealing: CryptoKeyPair
  readonly message: SealedMessage
  readonly nowMs: number
}

/** Proof that this terminal holds its sealing key: HMAC under a key that only opening gives. */
export async function proveOpening(opening: Opening, context: PopContext): Promise<string> {
  const { plaintext, exportSecret } = await open(opening, 'terminal-pop', context)
  return toBase64url(await hmac(await exportSecret(POP_EXPORT, 32), plaintext))
}

/** Peels the terminal's layer off a card; what is inside only the vault can read. */
export async function peel(opening: Opening, context: InstallContext): Promise<string> {
  const { plaintext } = await open(opening, 'card-install', context)
  const blob = unpad(plaintext)
  const digest = toBase64url(await sha256(Uint8Array.from(blob)))
  if (digest !== context.inner_digest)
    throw new TerminalError('digest_mismatch', 'The card that was sealed is not the one announced.')
  return new TextDecoder().decode(blob)
}

async function open(
  { sealing, message: { header, enc, ct }, nowMs }: Opening,
  purpose: SealedMessage['header']['purpose'],
  context: PopContext | InstallContext,
) {
  const mine = await thumbprintOf(sealing.publicKey)
  if (header.purpose !== purpose || header.kid !== mine || header.recipient !== mine)
    throw new TerminalError('seal_invalid', 'This was sealed for another terminal or purpose.')
  if (Date.parse(header.exp) <= nowMs)
    throw new TerminalError('seal_expired', 'What was sealed to this terminal has expired.')
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey: sealing,
      enc: fromBase64url(enc),
      info: envelopeInfo(purpose, await sha256(jcsBytes(header))),
    })
    const plaintext = await recipient.open(fromBase64url(ct), envelopeAad(header, context))
    return {
      plaintext: new Uint8Array(plaintext),
      exportSecret: async (label: string, length: number) =>
        new Uint8Array(await recipient.export(new TextEncoder().encode(label), length)),
    }
  } catch (cause) {
    throw new TerminalError('seal_invalid', 'What was sealed to this terminal does not open.', {
      cause,
    })
  }
}
