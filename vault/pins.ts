/**
 * PIN verifiers: HMAC-SHA-256(PIN key, "pin/1" ‖ card ‖ PIN), beside a try counter that only the
 * vault moves. How a person sets a PIN over the wire is another matter; here one is kept.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Hierarchy } from './hierarchy.ts'
import type { Sql } from './store.ts'
import type { World } from './world.ts'

const TRIES = 3

const verifierOf = (hierarchy: Hierarchy, card: string, pin: string): Buffer =>
  hierarchy.mac('pin', `pin/1${card}/${pin}`)

/** Whether this is the card's PIN; undefined where the card has none. */
export const isPin = (
  hierarchy: Hierarchy,
  { card, verifier }: { readonly card: string; readonly verifier: Uint8Array },
  pin: string,
): boolean => timingSafeEqual(verifierOf(hierarchy, card, pin), verifier)

/** Keeps a card's PIN, with all tries left. */
export async function keepPin(
  { hierarchy, nowMs }: Pick<World, 'hierarchy' | 'nowMs'>,
  sql: Sql,
  { card, pin }: { readonly card: string; readonly pin: string },
): Promise<void> {
  if (!/^[0-9]{4,12}$/.test(pin)) throw new RangeError('a PIN has 4 to 12 digits')
  const verifier = verifierOf(hierarchy, card, pin)
  await sql`
    insert into pins.verifier (card, verifier, tries, tries_left, created_at_ms)
    values (${card}, ${verifier}, ${TRIES}, ${TRIES}, ${nowMs()})
    on conflict (card) do update set verifier = excluded.verifier, tries_left = ${TRIES}`
}
