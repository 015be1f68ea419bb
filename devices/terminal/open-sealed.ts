/**
 * Opens what the vault sealed to this terminal: HPKE base mode (RFC 9180) by `@hpke/core`.
 *
 * The header says for whom and for what it was sealed; a message with another header, or with a
 * context other than the expected one, does not open. The library gets the whole key pair: with a
 * lone non-extractable private key it guesses a coordinate, and fails for half of all keys.
 */
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
import { loadSuite } from './hpke-suite.ts'
import { TerminalError } from './terminal-error.ts'
import { hmac, sha256, type TerminalKeys, thumbprintOf } from './terminal-keys.ts'

export type Opening = {
  readonly sealing: CryptoKeyPair
  readonly message: Sealed
  readonly nowMs: number
}

type Sealed = Omit<SealedMessage, 'header'> & {
  readonly header: Omit<SealedMessage['header'], 'purpose'> & { readonly purpose: string }
}

/** Proof that this terminal holds its sealing key: HMAC under a key that only opening gives. */
export async function proveOpening(opening: Opening, context: PopContext): Promise<string> {
  const { plaintext, exportSecret } = await openFor(opening, 'terminal-pop', context)
  return toBase64url(await hmac(await exportSecret(POP_EXPORT, 32), plaintext))
}

type Arrived = { readonly keys: TerminalKeys; readonly digest: string; readonly nowMs: number }

/** Takes this terminal's layer off a card on its way here. */
export async function openInstalled(
  { keys: { sealing }, digest, nowMs }: Arrived,
  message: SealedMessage,
): Promise<string> {
  const terminal = await thumbprintOf(sealing.publicKey)
  const context: InstallContext = { inner_digest: digest, terminal }
  const { plaintext } = await openFor({ sealing, message, nowMs }, 'card-install', context)
  return new TextDecoder().decode(unpad(plaintext))
}

/** What was sealed to this terminal for a purpose, in a context: or it does not open. */
export async function openFor(
  { sealing, message: { header, enc, ct }, nowMs }: Opening,
  purpose: string,
  context: object,
) {
  const mine = await thumbprintOf(sealing.publicKey)
  if (header.purpose !== purpose || header.kid !== mine || header.recipient !== mine)
    throw new TerminalError('seal_invalid', 'This was sealed for another terminal or purpose.')
  if (Date.parse(header.exp) <= nowMs)
    throw new TerminalError('seal_expired', 'What was sealed to this terminal has expired.')
  try {
    const suite = await loadSuite()
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
