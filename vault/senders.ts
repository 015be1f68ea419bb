/**
 * Everything that deciding on a terminal's presentation needs, for many terminals in one read:
 * its state and signing key, its owner's passkey, cards (by keyed hash) and key. All of it is read
 * from the database each time, as one text; a text that was read before is not taken apart again.
 */
import type { KeyName } from '@warifu/protocol/vault'
import type { Credential } from './assertion.ts'
import type { CardholderKey } from './hierarchy.ts'
import { createKeyCache, type KeyCache } from './key-cache.ts'
import { thumbprintCheckValue } from './public-key.ts'
import type { Sql } from './store.ts'

/** A card by the keyed hash of its number, and the scheme that it is bound to. */
export type SenderCard = {
  readonly index: Uint8Array
  readonly scheme: string | null
  /** It was handed to this terminal. */
  readonly isHere: boolean
  /** The terminal that it lives on; null where it was installed before there were homes. */
  readonly home: string | null
}

export type Sender = {
  readonly cardholder: `chl_${string}`
  readonly state: string
  readonly signing_thumbprint: string
  readonly signing_point: Uint8Array
  /** The key that it signs with, as answers name it. */
  readonly signedWith: KeyName
  readonly key: CardholderKey | undefined
  readonly credential: Credential | undefined
  readonly cards: ReadonlyMap<string, SenderCard>
}

/** Senders by the very text that the database told of them: a text that changed is another one. */
export type KnownSenders = KeyCache<Sender>
const KNOWN_SENDERS = 4000
export const createKnownSenders = (): KnownSenders => createKeyCache<Sender>(KNOWN_SENDERS)

type Row = { readonly terminal: string; readonly facts: string }

export async function readSenders(
  { senders }: { readonly senders: KnownSenders },
  sql: Sql,
  terminals: readonly string[],
): Promise<ReadonlyMap<string, Sender>> {
  const rows = await sql<Row[]>`select * from terminals.senders(${[...new Set(terminals)]})`
  return new Map(
    rows.map(({ terminal, facts }) => [terminal, senders.get(facts, () => senderOf(facts))]),
  )
}

const SENDER_WORDS = 9
const CARD_WORDS = 5

/** The words of `terminals.senders`, in its order. */
function senderOf(facts: string): Sender {
  const words = facts.split(' ')
  const at = (index: number): string => words[index] ?? '-'
  const bytes = (index: number): Uint8Array => Uint8Array.from(Buffer.from(at(index), 'hex'))
  const cards = new Map<string, SenderCard>()
  for (let i = SENDER_WORDS; i < words.length; i += CARD_WORDS)
    cards.set(at(i), {
      index: bytes(i + 1),
      scheme: orNull(at(i + 2)),
      isHere: at(i + 3) === 'true',
      home: orNull(at(i + 4)),
    })
  const [kid, credential_id] = [at(4), at(7)]
  const signer = at(2)
  return {
    cardholder: at(0) as Sender['cardholder'],
    state: at(1),
    signing_thumbprint: signer,
    signing_point: bytes(3),
    signedWith: { kid: signer, check_value: thumbprintCheckValue(signer) },
    key: kid === '-' ? undefined : { kid, check_value: at(5), wrapped: bytes(6) },
    credential: credential_id === '-' ? undefined : { credential_id, public_key: bytes(8) },
    cards,
  }
}

const orNull = (word: string): string | null => (word === '-' ? null : word)
