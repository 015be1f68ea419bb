/**
 * Which pages may ask: the wallet's origin with the terminal that its keys are, each with a token
 * of which only a hash is kept. The file also holds the bridge's own signing key.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'

export type Pairing = { readonly origin: string; readonly terminal: Id<'trm'> }
export type KeptPairing = Pairing & { readonly token_hash: string }

export type Pairings = {
  /** Answers with the token, once. */
  readonly add: (pairing: Pairing) => Promise<string>
  readonly of: (origin: string, token: string) => Pairing | undefined
}

const MOST = 16

type Needs = {
  readonly kept: readonly KeptPairing[]
  readonly save: (kept: readonly KeptPairing[]) => Promise<void>
  readonly random: (size: number) => Uint8Array
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export function createPairings({ kept: before, save, random }: Needs): Pairings {
  let kept = before
  return {
    add: async ({ origin, terminal }) => {
      const token = toBase64url(random(32))
      const added = { origin, terminal, token_hash: hashOf(token).toString('base64url') }
      // A terminal that pairs again is given a new token; the old one is nobody's.
      const others = kept.filter((one) => one.terminal !== terminal || one.origin !== origin)
      kept = [...others, added].slice(-MOST)
      await save(kept)
      return token
    },
    of: (origin, token) => {
      const hash = hashOf(token)
      const found = kept.find((one) =>
        timingSafeEqual(Buffer.from(one.token_hash, 'base64url'), hash),
      )
      return found?.origin === origin ? found : undefined
    },
  }
}
