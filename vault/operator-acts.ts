/**
 * What an operator does by hand in the secure room, each with a record in the audit chain: makes a
 * base derivation key, admits an entry device (with a key protection key of its own), and lets a
 * card be put on plastic. No call from outside reaches these.
 */
import type { EntrySuite } from '@warifu/protocol/entry-device'
import type { Id } from '@warifu/protocol/ids'
import { openStoredCard, readStoredCards } from './cards.ts'
import { chipKey, stripeValue } from './chip.ts'
import { makeKeysOf } from './devices.ts'
import { suites } from './entry-suites.ts'
import { setPin } from './pins.ts'
import type { PublicJwk } from './public-key.ts'
import type { World } from './world.ts'

/** A new base key of a suite: from now on new initial keys come from it; older ones still open. */
export async function makeBaseKey(
  { store, hierarchy, chance, audit, nowMs }: World,
  suite: EntrySuite,
): Promise<{ readonly kid: string; readonly check_value: string }> {
  const { baseKeyBytes, checkValue } = suites[suite]
  const bytes = chance.bytes(baseKeyBytes)
  const prefix = chance.bytes(4)
  const kid = `bdk.${suite}.${Buffer.from(prefix).toString('hex')}`
  const check_value = checkValue(bytes)
  const made = store.begin(async (sql) => {
    const { wrapped } = await hierarchy.wrapUnder(sql, 'entry', bytes)
    bytes.fill(0)
    await sql`
      insert into entry.base_key
        (kid, suite, prefix, state, wrapped, check_value, generation, created_at_ms)
      select ${kid}, ${suite}, ${prefix}, 'active', ${wrapped}, ${check_value}, count(*) + 1,
             ${nowMs()}
      from entry.base_key where suite = ${suite}`
    await audit.append(sql, [{ operation: 'make_base_key', key: kid, result: 'ok' }])
  })
  await made.catch((fault: unknown) => {
    if (!isTaken(fault)) throw fault
    throw new OperatorError(
      `Somebody else has just made a base key of ${suite}, and it is in use now; none was made ` +
        'here. Go on with theirs, or ask once more if another is wanted.',
      { cause: fault },
    )
  })
  return { kid, check_value }
}

/** Two at the same time count the same generation; one of them is first (23505). */
const isTaken = (fault: unknown): boolean =>
  fault instanceof Error &&
  'constraint_name' in fault &&
  fault.constraint_name === 'base_key_suite_generation_key'

/** What goes into a device when it is made: a file for the injection room, and for nobody else. */
export type Injection<P extends 'edv' | 'rdr' = 'edv'> = {
  readonly device: Id<P>
  readonly suite: EntrySuite
  /** Hex. The device's own key protection key: whoever has it can open this device's key blocks. */
  readonly kbpk: string
  readonly kbpk_check_value: string
  readonly key_block: string
  readonly initial_key_id: string
  readonly check_value: string
  /** For a cardholder's reader: the key that it pins, and under which it takes offers of sales. */
  readonly host_key: PublicJwk
}

const KBPK_BYTES = 32

/** Admits a device and makes its first keys. A device is admitted once. */
export async function admitDevice<P extends 'edv' | 'rdr'>(
  world: World,
  { device, suite }: { readonly device: Id<P>; readonly suite: EntrySuite },
): Promise<Injection<P>> {
  const { store, hierarchy, chance, audit, nowMs } = world
  const bytes = chance.bytes(KBPK_BYTES)
  const kbpk = Buffer.from(bytes).toString('hex').toUpperCase()
  const kbpk_check_value = suites['aes-dukpt'].checkValue(bytes)
  return store.begin(async (sql) => {
    const { wrapped } = await hierarchy.wrapUnder(sql, 'entry', bytes)
    bytes.fill(0)
    const admitted = await sql`
      insert into entry.device (device, suite, state, wrapped_kbpk, check_value, created_at_ms)
      values (${device}, ${suite}, 'admitted', ${wrapped}, ${kbpk_check_value}, ${nowMs()})
      on conflict do nothing returning device`
    if (admitted.length === 0) throw new OperatorError('This device was admitted before.')
    const made = await makeKeysOf(world, sql, device)
    if (!made.ok) throw new OperatorError(`There is no base key for ${suite} yet; make one first.`)
    await audit.append(sql, [{ operation: 'admit_device', device, result: 'ok' }])
    const { key_block, initial_key_id, check_value } = made.value
    const keys = { kbpk, kbpk_check_value, key_block, initial_key_id, check_value }
    return { device, suite, ...keys, host_key: hierarchy.offerKey }
  })
}

export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

/** All that is on a plastic card, for the machine that makes it. */
export type Plastic = {
  readonly pan: string
  /** YYMM. */
  readonly expiry: string
  readonly security_code: string
  readonly track2: string
  readonly pan_sequence: string
  /** Hex: the chip's own master key (EMV Book 2 A1.4). */
  readonly chip_key: string
}

const SERVICE_CODE = '201'

/**
 * Stands for the bureau's sealed job, which is not built yet: the card's data in one file, by an
 * operator's hand, and its PIN set if one is given.
 */
export async function personaliseCard(
  world: World,
  { card, pin }: { readonly card: Id<'crd'>; readonly pin?: string },
): Promise<Plastic> {
  const { store, hierarchy, audit } = world
  return store.begin(async (sql) => {
    const row = (await readStoredCards(sql, [card])).get(card)
    if (row === undefined) throw new OperatorError('There is no such card.')
    const { pan, expires, security_code } = openStoredCard({ hierarchy, row })
    if (pin !== undefined) await setPin(world, sql, { card, pan, pin })
    const expiry = expires.slice(2, 4) + expires.slice(5)
    const value = stripeValue(hierarchy, { pan, expiry, serviceCode: SERVICE_CODE })
    const chip = chipKey(hierarchy, pan)
    const chip_key = Buffer.from(chip).toString('hex').toUpperCase()
    chip.fill(0)
    await audit.append(sql, [{ operation: 'personalise_card', card, result: 'ok' }])
    const track2 = `${pan}=${expiry}${SERVICE_CODE}${value}00000`
    return { pan, expiry, security_code, track2, pan_sequence: '00', chip_key }
  })
}
