/**
 * Cards: number (ISO/IEC 7812-1: BIN, random digits, Luhn), expiry and security code are made
 * here and kept sealed. A number is found by HMAC-SHA-256(pan-index key, "panidx/1" ‖ PAN), never
 * by a plain hash. No operation reads a stored number back; sealing does, inside this process.
 */
import { luhnDigit } from '@warifu/crypto/luhn'
import type { VaultInput } from '@warifu/protocol/vault'
import { checksOf } from './card-checks.ts'
import type { Chance } from './given.ts'
import type { CardholderKey, Hierarchy } from './hierarchy.ts'
import { type CardData, openRecord, recordAad, sealRecord, unwrapRecordKey } from './record.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const PAN_DIGITS = 16
/** How often a number already taken is drawn again before the range counts as exhausted. */
const DRAWS = 64

/** A card with the key above it, as the tables hold them. */
export type StoredCard = {
  readonly card: string
  readonly cardholder: string
  /** The scheme that the card is bound to, once it was sealed. */
  readonly scheme: string | null
  readonly kid: string
  readonly check_value: string
  readonly wrapped: Uint8Array
  readonly wrapped_key: Uint8Array
  readonly iv: Uint8Array
  readonly ct: Uint8Array
}

export async function makeCard(
  world: World,
  sql: Sql,
  input: VaultInput<'make_card'>,
): Promise<Answer<'make_card'>> {
  const { card, cardholder, bin, expires } = input
  const { hierarchy, chance } = world
  const key = await hierarchy.ensureCardholderKey(sql, cardholder)
  const kek = hierarchy.cardholderKey(key)
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const pan = drawNumber(bin, chance)
    const data = { pan, expires, security_code: drawDigits(3, chance) }
    const sealed = sealRecord({
      kek,
      header: headerOf({ card, cardholder, kid: key.kid }),
      data,
      chance,
    })
    const checks = checksOf(hierarchy, card, data)
    const kept = await sql`
      insert into cards.card
        (card, cardholder, kid, last4, pan_index, pan_index_version, wrapped_key, iv, ct,
         expiry_mac, code_mac, created_at_ms)
      values (${card}, ${cardholder}, ${key.kid}, ${pan.slice(-4)}, ${panIndex(hierarchy, pan)},
              ${hierarchy.version('pan-index')}, ${sealed.wrapped_key}, ${sealed.iv},
              ${sealed.ct}, ${checks.expiry_mac}, ${checks.code_mac}, ${world.nowMs()})
      on conflict (pan_index) do nothing
      returning card`
    if (kept.length === 1) return yes({ card, last4: pan.slice(-4), expires })
  }
  return no('bin_exhausted')
}

/** The keyed hash under which a number is found; all 32 bytes. */
export const panIndex = (hierarchy: Hierarchy, pan: string): Buffer =>
  hierarchy.mac('pan-index', `panidx/1${pan}`)

const headerOf = ({ card, cardholder, kid }: Pick<StoredCard, 'card' | 'cardholder' | 'kid'>) => ({
  v: 1,
  purpose: 'card-record',
  card,
  cardholder,
  kid,
})

function drawNumber(bin: string, chance: Chance): string {
  const digits = bin + drawDigits(PAN_DIGITS - 1 - bin.length, chance)
  return digits + luhnDigit(digits)
}

/** Decimal digits without bias: bytes from 250 up are drawn again. */
function drawDigits(count: number, chance: Chance): string {
  let digits = ''
  while (digits.length < count)
    for (const byte of chance.bytes(count * 2))
      if (byte < 250 && digits.length < count) digits += byte % 10
  return digits
}

/** Another security code for the same number: what was printed before is good for nothing. */
export async function renewSecurityCode(
  { hierarchy, chance }: Pick<World, 'hierarchy' | 'chance'>,
  sql: Sql,
  row: StoredCard,
): Promise<StoredCard> {
  const before = openStoredCard({ hierarchy, row })
  const data = { ...before, security_code: drawDigits(3, chance) }
  const kek = hierarchy.cardholderKey(keyOfCard(row))
  const sealed = sealRecord({ kek, header: headerOf(row), data, chance })
  const { code_mac } = checksOf(hierarchy, row.card, data)
  await sql`
    update cards.card
       set wrapped_key = ${sealed.wrapped_key}, iv = ${sealed.iv}, ct = ${sealed.ct},
           code_mac = ${code_mac}
     where card = ${row.card}`
  return { ...row, ...sealed }
}

export async function readStoredCards(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, StoredCard>> {
  const rows = await sql<StoredCard[]>`
    select c.card, c.cardholder, c.scheme, c.kid, k.check_value, k.wrapped, c.wrapped_key, c.iv,
           c.ct
    from cards.card c join keys.cardholder k on k.kid = c.kid and k.state = 'active'
    where c.card = any(${[...ids]})`
  return new Map(rows.map((row) => [row.card, row]))
}

/** The key of a stored card's cardholder. */
export const keyOfCard = ({ kid, check_value, wrapped }: StoredCard): CardholderKey => ({
  kid,
  check_value,
  wrapped,
})

export type StoredOpening = { readonly hierarchy: Hierarchy; readonly row: StoredCard }

/** A stored card in clear: for sealing it to a terminal, inside the vault's process. */
export function openStoredCard({ hierarchy, row }: StoredOpening): CardData {
  const key = unwrapRecordKey(hierarchy.cardholderKey(keyOfCard(row)), row.wrapped_key)
  const data = openRecord({ key, aad: recordAad(headerOf(row)), sealed: row })
  if (data === undefined) throw new Error('a stored card does not open')
  return data
}
