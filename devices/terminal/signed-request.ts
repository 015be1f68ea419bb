/**
 * A terminal's request with its signature (RFC 9421, the profile in crypto/http-signature.ts).
 *
 * It is made once and kept as it is: an honest retry sends the very same bytes and headers, and
 * gets the first answer. Browser-safe.
 */
import {
  contentDigestHeader,
  signatureBase,
  signatureHeader,
  signatureInput,
} from '@warifu/crypto/http-signature'
import type { Id } from '@warifu/protocol/ids'
import type { Ask } from '@warifu/sdk/api-call'
import { sha256, sign, thumbprintOf } from './terminal-keys.ts'

export type SignedRequest = Ask & {
  readonly counter: number
  readonly headers: Readonly<Record<string, string>>
}

export type Signer = { readonly terminal: Id<'trm'>; readonly signing: CryptoKeyPair }

const utf8 = new TextEncoder()

export async function signRequest(
  { terminal, signing }: Signer,
  ask: Ask,
  { counter, nowMs }: { readonly counter: number; readonly nowMs: number },
): Promise<SignedRequest> {
  const createdS = Math.floor(nowMs / 1000)
  const input = signatureInput({ createdS, keyid: await thumbprintOf(signing.publicKey) })
  const contentDigest = contentDigestHeader(await sha256(utf8.encode(ask.body)))
  const { method, path, query } = ask
  const components = { method, path, query, contentDigest, counter: String(counter) }
  const base = signatureBase(components, input.slice(input.indexOf('=') + 1))
  return {
    ...ask,
    counter,
    headers: {
      'warifu-terminal': terminal,
      'warifu-counter': components.counter,
      'content-digest': contentDigest,
      'signature-input': input,
      signature: signatureHeader(await sign(signing, utf8.encode(base))),
    },
  }
}

/** What somebody on the way can do: another body under the old signature, with a fitting digest. */
export async function alterBody(
  request: SignedRequest,
  change: (body: string) => string,
): Promise<SignedRequest> {
  const body = change(request.body)
  const contentDigest = contentDigestHeader(await sha256(utf8.encode(body)))
  return { ...request, body, headers: { ...request.headers, 'content-digest': contentDigest } }
}
