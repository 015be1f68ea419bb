/**
 * Everything that deciding on a terminal's presentation needs, for many terminals in one read:
 * its state and signing key, its owner's passkey, cards (by keyed hash) and key.
 */
import type { Credential } from './assertion.ts'
import type { CardholderKey } from './hierarchy.ts'
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
  readonly key: CardholderKey | undefined
  readonly credential: Credential | undefined
  readonly cards: ReadonlyMap<string, SenderCard>
}

type Row = Omit<Sender, 'key' | 'credential' | 'cards'> & {
  readonly terminal: string
  readonly kid: string | null
  readonly check_value: string
  readonly wrapped: Uint8Array
  readonly credential_id: string | null
  readonly public_key: Uint8Array
  readonly cards: string[] | null
  readonly indexes: string[] | null
  readonly schemes: (string | null)[] | null
  readonly here: boolean[] | null
  readonly homes: (string | null)[] | null
}

export async function readSenders(
  sql: Sql,
  terminals: readonly string[],
): Promise<ReadonlyMap<string, Sender>> {
  const rows = await sql<Row[]>`
    select t.terminal, t.cardholder, t.state, t.signing_thumbprint, t.signing_point,
           k.kid, k.check_value, k.wrapped, p.credential_id, p.public_key, c.cards, c.indexes,
           c.schemes, c.here, c.homes
    from terminals.terminal t
    left join keys.cardholder k on k.cardholder = t.cardholder and k.state = 'active'
    left join passkeys.credential p on p.cardholder = t.cardholder
    left join lateral (
      select array_agg(card) as cards, array_agg(encode(pan_index, 'base64')) as indexes,
             array_agg(scheme) as schemes, array_agg(h.terminal) as homes,
             array_agg(exists (
               select 1 from cards.delivery d
                where d.card = card.card and d.terminal = t.terminal
                  and d.state in ('delivered', 'active'))) as here
      from cards.card left join cards.home h using (card)
      where cardholder = t.cardholder) c on true
    where t.terminal = any(${[...new Set(terminals)]})`
  return new Map(rows.map((row) => [row.terminal, senderOf(row)]))
}

function senderOf(row: Row): Sender {
  const { cardholder, state, signing_thumbprint, signing_point, kid, credential_id } = row
  const { check_value, wrapped, public_key, cards, indexes, schemes, here, homes } = row
  return {
    cardholder,
    state,
    signing_thumbprint,
    signing_point,
    key: kid === null ? undefined : { kid, check_value, wrapped },
    credential: credential_id === null ? undefined : { credential_id, public_key },
    cards: new Map(
      (cards ?? []).map((card, i) => [
        card,
        {
          index: Buffer.from(indexes?.[i] ?? '', 'base64'),
          scheme: schemes?.[i] ?? null,
          isHere: here?.[i] === true,
          home: homes?.[i] ?? null,
        },
      ]),
    ),
  }
}
