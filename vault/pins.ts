/**
 * PIN verifiers, and the one try counter of a card, which only the vault moves, whoever asks: an
 * entry device, a reader, a SIM's two digits, or the person who sets a PIN.
 *
 *   verifier  HMAC-SHA-256(PIN key, "pin/2" ‖ card ‖ block)   block: ISO 9564-1 format 0
 *   prefix    HMAC-SHA-256(PIN key, "pin-prefix/1" ‖ card ‖ first two digits)
 */
import { timingSafeEqual } from 'node:crypto'
import { encodeFormat0 } from '@warifu/crypto/pin-block'
import type { Hierarchy } from './hierarchy.ts'
import type { Sql } from './store.ts'
import type { World } from './world.ts'

const TRIES = 3

export type PinAndCard = { readonly card: string; readonly pan: string; readonly pin: string }

function verifierOf(hierarchy: Hierarchy, { card, pan, pin }: PinAndCard): Buffer {
  const block = encodeFormat0({ pin, pan })
  const message = Buffer.concat([Buffer.from(`pin/2${card}/`), block])
  const mac = hierarchy.mac('pin', message)
  for (const bytes of [block, message]) bytes.fill(0)
  return mac
}

/** As verifiers were made before blocks: such a PIN stays good until it is changed. */
const olderVerifierOf = (hierarchy: Hierarchy, { card, pin }: PinAndCard): Buffer =>
  hierarchy.mac('pin', `pin/1${card}/${pin}`)

const prefixOf = (hierarchy: Hierarchy, card: string, digits: string): Buffer =>
  hierarchy.mac('pin', `pin-prefix/1${card}/${digits}`)

const isWhole = (pin: string): boolean => /^[0-9]{4,12}$/.test(pin)

/** Whether this is the card's PIN; both comparisons are made, whatever the first one says. */
export function isPin(hierarchy: Hierarchy, tried: PinAndCard, verifier: Uint8Array): boolean {
  if (!isWhole(tried.pin)) return false
  const isNew = timingSafeEqual(verifierOf(hierarchy, tried), verifier)
  const isOld = timingSafeEqual(olderVerifierOf(hierarchy, tried), verifier)
  return isNew || isOld
}

/** Keeps a card's PIN, with all tries left. */
export async function setPin(
  { hierarchy, nowMs }: Pick<World, 'hierarchy' | 'nowMs'>,
  sql: Sql,
  chosen: PinAndCard,
): Promise<void> {
  const { card, pin } = chosen
  if (!isWhole(pin)) throw new RangeError('a PIN has 4 to 12 digits')
  const verifier = verifierOf(hierarchy, chosen)
  const prefix = prefixOf(hierarchy, card, pin.slice(0, 2))
  await sql`
    insert into pins.verifier (card, verifier, prefix, tries, tries_left, created_at_ms)
    values (${card}, ${verifier}, ${prefix}, ${TRIES}, ${TRIES}, ${nowMs()})
    on conflict (card) do update
      set verifier = excluded.verifier, prefix = excluded.prefix, tries_left = ${TRIES}`
}

/** `blocked`: no tries are left now; `unset`: the card has no PIN, or none with a prefix. */
export type PinVerdict = 'verified' | 'wrong' | 'blocked' | 'unset'

type Tried<T> = T & {
  /** SHA-256 of the message that brought it: the same message is told the same and counts once. */
  readonly digest: Uint8Array
}

/** Compares a whole PIN and counts the try. Runs in its caller's transaction. */
export async function verifyPin(
  world: Pick<World, 'hierarchy' | 'nowMs'>,
  sql: Sql,
  tried: Tried<PinAndCard>,
): Promise<PinVerdict> {
  const kept = await lockPin(sql, tried.card)
  if (kept === undefined) return 'unset'
  const isRight = isPin(world.hierarchy, tried, kept.verifier)
  return judge(world, sql, { ...tried, isRight, isWhole: true })
}

/** Compares the first two digits and counts the try; being right gives no tries back. */
export async function checkPrefix(
  world: Pick<World, 'hierarchy' | 'nowMs'>,
  sql: Sql,
  tried: Tried<{ readonly card: string; readonly prefix: string }>,
): Promise<PinVerdict> {
  const { card, prefix, digest } = tried
  const kept = await lockPin(sql, card)
  if (kept === undefined || kept.prefix === null) return 'unset'
  const isRight = timingSafeEqual(prefixOf(world.hierarchy, card, prefix), kept.prefix)
  return judge(world, sql, { card, digest, isRight, isWhole: false })
}

type Kept = {
  readonly verifier: Uint8Array
  readonly prefix: Uint8Array | null
  readonly tries: number
  readonly tries_left: number
}

/** A card's PIN, held until the transaction ends. */
export async function lockPin(sql: Sql, card: string): Promise<Kept | undefined> {
  const [row] = await sql<Kept[]>`
    select verifier, prefix, tries, tries_left from pins.verifier
    where card = ${card} for no key update`
  return row
}

type Judged = {
  readonly card: string
  readonly digest: Uint8Array
  readonly isRight: boolean
  readonly isWhole: boolean
}

async function judge(
  { nowMs }: Pick<World, 'nowMs'>,
  sql: Sql,
  { card, digest, isRight, isWhole: whole }: Judged,
): Promise<PinVerdict> {
  const [row] = await sql<{ verdict: PinVerdict }[]>`
    select pins.judge(${card}, ${digest}, ${isRight}, ${whole}, ${nowMs()}) as verdict`
  if (row === undefined) throw new Error('pins.judge gave no verdict')
  return row.verdict
}

/**
 * The first two digits of a card's PIN, for its owner's own SIM: there are a hundred, so whoever
 * has the key finds them again. That is why their hash is keyed. Undefined where none is kept.
 */
export async function readPrefix(
  hierarchy: Hierarchy,
  sql: Sql,
  card: string,
): Promise<string | undefined> {
  const [kept] = await sql<Pick<Kept, 'prefix'>[]>`
    select prefix from pins.verifier where card = ${card}`
  const prefix = kept?.prefix ?? undefined
  if (prefix === undefined) return undefined
  return Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0')).find((digits) =>
    timingSafeEqual(prefixOf(hierarchy, card, digits), prefix),
  )
}
