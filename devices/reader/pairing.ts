/**
 * Pairing with a wallet, once: six digits on the reader's display, typed into the page, against a
 * token that the page keeps. A page that has not seen the display gets nothing, and another origin
 * than the paired one gets nothing either.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Pairing } from './settings.ts'

const TRIES = 3

/** Digits on the display, for whoever stands before it. */
export type PairCode = { readonly digits: string; readonly triesLeft: number }

/** Without bias: bytes from 250 up are drawn again. */
export function newPairCode(random: (length: number) => Uint8Array): PairCode {
  let digits = ''
  while (digits.length < 6)
    for (const byte of random(12)) if (byte < 250 && digits.length < 6) digits += byte % 10
  return { digits, triesLeft: TRIES }
}

export type Paired =
  | { readonly kind: 'paired'; readonly token: string; readonly pairing: Pairing }
  | { readonly kind: 'wrong'; readonly code: PairCode | null }

type Typed = {
  readonly digits: string
  readonly origin: string
  readonly random: (length: number) => Uint8Array
}

export function pairWith(code: PairCode, { digits, origin, random }: Typed): Paired {
  if (!timingSafeEqual(Buffer.from(code.digits), Buffer.from(digits))) {
    const triesLeft = code.triesLeft - 1
    return { kind: 'wrong', code: triesLeft === 0 ? null : { ...code, triesLeft } }
  }
  const token = toBase64url(random(32))
  return { kind: 'paired', token, pairing: { origin, token_digest: digestOf(token) } }
}

export const isPaired = (
  pairing: Pairing | null,
  { token, origin }: { readonly token: string; readonly origin: string },
): boolean =>
  pairing !== null &&
  pairing.origin === origin &&
  timingSafeEqual(Buffer.from(pairing.token_digest), Buffer.from(digestOf(token)))

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
