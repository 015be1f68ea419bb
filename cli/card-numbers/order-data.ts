/**
 * For tests: order data of a busy shop, without end and without a card: order and parcel numbers,
 * article codes, phones, devices, times, tokens, digests, pictures in base64. Much of it passes the
 * Luhn test and begins like a card: that is why it is here. One seed, one stream.
 */
import { luhnDigit } from '@warifu/crypto/luhn'

/** A small fast generator (xorshift32, Marsaglia 2003): chance for test data, never for secrets. */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
type Chance = ReturnType<typeof chanceOf>

const digits = (chance: Chance, count: number): string => {
  let text = ''
  for (let left = count; left > 0; left -= 4)
    text += String(chance(10_000)).padStart(4, '0').slice(0, Math.min(4, left))
  return text
}
const withLuhn = (text: string) => text + luhnDigit(text)
const hex = (chance: Chance, count: number): string => {
  let text = ''
  for (let left = count; left > 0; left -= 6)
    text += chance(2 ** 24)
      .toString(16)
      .padStart(6, '0')
      .slice(0, Math.min(6, left))
  return text
}

/** A token of ours: 98…, and a last digit that is never the Luhn digit. */
const token = (chance: Chance) => {
  const first = `98${digits(chance, 13)}`
  return first + ((Number(luhnDigit(first)) + 1 + chance(9)) % 10)
}
const names = ['喫茶ワリフ', 'Kim 커피', 'Ōta Bakery', 'Müller GmbH', '山田商店']

/** Parcels of sixteen digits that begin like a card's number; one in two is made to pass Luhn. */
const parcel = (chance: Chance) => {
  const first = `${[4, 51, 55, 6011, 2221][chance(5)]}${digits(chance, 15)}`.slice(0, 15)
  return chance(2) === 0 ? withLuhn(first) : first + chance(10)
}

type Row = (chance: Chance, at: number) => string
const json: Row = (chance, at) =>
  `{"order":"${at}-${digits(chance, 7)}","tracking":"${parcel(chance)}",` +
  `"token":"${token(chance)}","card":{"brand":"visa","last4":"${digits(chance, 4)}"},` +
  `"paid_at":${1_700_000_000_000 + at}}`
const csv: Row = (chance, at) =>
  `${at},card,${parcel(chance)},${digits(chance, 13)},+8190${digits(chance, 8)},` +
  `"${names[chance(5)]}",${chance(99_999)}`
/** A device's number (IMEI) and a SIM's (ICCID) have a Luhn digit too. */
const sql: Row = (chance, at) =>
  `insert into orders values (${at}, '${withLuhn(`35${digits(chance, 12)}`)}', ` +
  `'${withLuhn(`8981${digits(chance, 14)}`)}', '\\x${hex(chance, 64)}');`
const xml: Row = (chance) =>
  `<parcel no="${parcel(chance)}"/><ean>${digits(chance, 13)}</ean>` +
  `<uuid>${hex(chance, 8)}-${hex(chance, 4)}</uuid>`
const picture: Row = (chance) =>
  `data:image/png;base64,${Buffer.from(hex(chance, 160), 'hex').toString('base64')}`
const log: Row = (chance, at) =>
  `[${at}] order ${parcel(chance)} paid by card, token ${token(chance)}, ` +
  `trace ${digits(chance, 6)}`
const kinds = [json, csv, sql, xml, picture, log]

/** About `bytes` bytes, in chunks. */
export function* orderData(seed: number, bytes: number, chunkBytes = 4 * 2 ** 20) {
  const chance = chanceOf(seed)
  let row = 0
  for (let made = 0; made < bytes; ) {
    let text = ''
    while (text.length < chunkBytes) {
      row += 1
      text += `${(kinds[row % kinds.length] ?? json)(chance, row)}\n`
    }
    const chunk = Buffer.from(text)
    made += chunk.length
    yield chunk
  }
}
