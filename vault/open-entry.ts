/**
 * S4: what an entry device sent, in this order:
 *
 *   parts and counter fit → the key was given to this device, which is active → MAC
 *   → only then decrypt → counter, card and the audit's record in one statement → compare
 *
 * Two statements serve all calls of a frame, each a transaction by itself. Where PINs or chips came
 * along, one transaction takes the counters, counts those once for each message, and writes the
 * record last: who asks again finds all of it or nothing. A message whose MAC does not verify moves
 * nothing and is counted as noise.
 */

import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { type Compared, compareCode, compareExpiry } from './card-checks.ts'
import { panIndex } from './cards.ts'
import { isStripe } from './chip.ts'
import { type Entered, readEntered } from './entry-data.ts'
import { type InitialKey, readIssued } from './entry-keys.ts'
import { type Envelope, type Opened, openEnvelope, readEnvelope } from './entry-message.ts'
import { entryOpen, type Taken, type Taking } from './entry-taking.ts'
import { isPin } from './pins.ts'
import { type Standing, standingOf } from './plastic-standing.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'open_entry'>
type Refusal = RefusalOf<'open_entry'>
type Said = Answer<'open_entry'>

/** One call on its way: refused, or authentic and open until the frame is answered. */
type Work =
  | { readonly refusal: Refusal }
  | {
      readonly envelope: Envelope
      readonly key: InitialKey
      readonly opened: Opened
      readonly entered: Entered | undefined
    }
type Open = Extract<Work, { readonly opened: Opened }>

export async function openEntries(world: World, sql: Sql, calls: readonly Call[]): Promise<Said[]> {
  const envelopes = calls.map(({ message }) => readEnvelope(message))
  const keyIds = envelopes.flatMap((one) => (one === undefined ? [] : [one.keyId]))
  const issued = await readIssued(sql, keyIds)
  const work = envelopes.map((envelope): Work => {
    if (envelope === undefined) return { refusal: 'entry_invalid' }
    const known = issued.get(envelope.keyId)
    if (known === undefined) return { refusal: 'device_unknown' }
    if (known.device !== envelope.message.device || known.suite !== envelope.message.suite)
      return { refusal: 'entry_mismatch' }
    if (known.device_state !== 'admitted') return { refusal: 'device_not_active' }
    return authenticate(world, envelope, world.entryKeys.initialKey(known))
  })
  try {
    await world.noise.note(
      sql,
      calls.flatMap(({ message }, i) => (isNoise(work[i]) ? [message.device] : [])),
    )
    const frame = { calls, work }
    return work.some(proves)
      ? await world.store.begin((one) => answerProven(world, one, frame))
      : await answerPlain(world, sql, frame)
  } finally {
    for (const one of work) if ('opened' in one) one.opened.close()
  }
}

const isNoise = (work: Work | undefined): boolean =>
  work !== undefined && 'refusal' in work && work.refusal === 'entry_invalid'

function authenticate(world: World, envelope: Envelope, key: InitialKey): Work {
  const opened = openEnvelope(envelope, key.keysOf)
  if (opened === undefined) return { refusal: 'entry_invalid' }
  world.probe.decrypted()
  return { envelope, key, opened, entered: readEntered(opened.plain) }
}

type Row = Standing & Taken & { readonly code: 'ok' | Refusal }
type Found = Open & { readonly row: Row; readonly entered: Entered }
type Frame = { readonly calls: readonly Call[]; readonly work: readonly Work[] }

/** A PIN or a chip came along. */
const proves = (one: Work): boolean =>
  'opened' in one && (one.envelope.pinBlock !== undefined || one.entered?.chip !== undefined)

async function answerPlain(world: World, sql: Sql, frame: Frame): Promise<Said[]> {
  const rows = await take(world, sql, frame, world.chain)
  world.audit.appended(Number(rows[0]?.size))
  return foundIn(frame, rows).map((one) =>
    typeof one === 'string' ? no(one) : yes(answerOf(world, one, undefined)),
  )
}

/** The record stands last: whoever holds the head of the chain waits for nobody else. */
async function answerProven(world: World, sql: Sql, frame: Frame): Promise<Said[]> {
  const rows = await take(world, sql, frame, null)
  const found = foundIn(frame, rows)
  const proven = await proveAll(world, sql, found)
  await world.audit.append(
    sql,
    frame.calls.map(({ message: { device, ksn: key } }, i) => {
      const { code: result, card } = rows[i] ?? missing()
      const shared = { operation: 'open_entry', device, key, result } as const
      return card === null ? shared : { ...shared, card }
    }),
  )
  return found.map((one, i) =>
    typeof one === 'string' ? no(one) : yes(answerOf(world, one, proven.get(i + 1))),
  )
}

function missing(): never {
  throw new Error('entry.open gave no verdict')
}

function foundIn({ work }: Frame, rows: readonly Row[]): (Found | Refusal)[] {
  return work.map((one, i) => {
    const row = rows[i] ?? missing()
    if (row.code !== 'ok') return row.code
    if ('refusal' in one || one.entered === undefined)
      throw new Error('entry.open opened what was refused')
    return { ...one, entered: one.entered, row }
  })
}

/** Counters, cards and, on a chain, the record of all calls: one round trip for the frame. */
async function take(
  { hierarchy, nowMs }: World,
  sql: Sql,
  { calls, work }: Frame,
  chain: string | null,
): Promise<Row[]> {
  const taking = calls.map(({ message: { device, ksn } }, i): Taking => {
    const one = work[i] ?? missing()
    if ('refusal' in one) return { device, ksn, refusal: one.refusal }
    const { envelope: message, entered } = one
    const panIndexOf = entered === undefined ? undefined : panIndex(hierarchy, entered.pan)
    return { device, ksn, message, panIndex: panIndexOf }
  })
  return sql<Row[]>`
    select o.*, s.state as plastic, s.sequence
    from ${entryOpen(sql, taking, { nowMs: nowMs(), chain })} o
    cross join lateral plastics.standing(o.card) s
    order by o.ord`
}

/** What PIN and chip were found to be; null where there was none. */
type Proven = {
  readonly ord: number
  readonly pin: 'verified' | 'wrong' | 'blocked' | null
  readonly chip: 'verified' | 'invalid' | null
}

/** PIN tries and chip counters, where there are any: counted once for each message. */
async function proveAll(
  world: World,
  sql: Sql,
  found: readonly (Found | Refusal)[],
): Promise<ReadonlyMap<number, Proven>> {
  const proofs = found.flatMap((one, i) => {
    if (typeof one === 'string' || one.row.card === null) return []
    const proof = proofOf(world, one, one.row.card)
    return proof === undefined ? [] : [{ ord: i + 1, card: one.row.card, ...proof }]
  })
  const proven = new Map<number, Proven>()
  // One proof per card in a statement, so that each try sees the one before it.
  for (let rest = proofs; rest.length > 0; ) {
    const cards = new Set<string>()
    const batch = rest.filter(({ card }) => !cards.has(card) && cards.add(card))
    rest = rest.filter((one) => !batch.includes(one))
    const rows = await sql<Proven[]>`
      select ord, pin, chip from entry.count(
        array(select p from json_populate_recordset(
          null::entry.proof, ${JSON.stringify(batch)}::text::json) p))`
    for (const row of rows) proven.set(row.ord, row)
  }
  return proven
}

function proofOf(world: World, { envelope, opened, entered, row }: Found, card: string) {
  const pin = opened.pinFor(entered.pan)
  const chip = world.verifyChip(entered, envelope.message.context)
  if (pin === undefined && chip === undefined) return undefined
  const { keyId: key_id, counter } = envelope
  const { verifier } = row
  const pin_right =
    pin === undefined
      ? null
      : verifier !== null && isPin(world.hierarchy, { card, pan: entered.pan, pin }, verifier)
  return { key_id, counter, pin_right, atc: chip?.atc ?? null, chip_right: chip?.isRight ?? null }
}

function answerOf(
  { hierarchy }: World,
  { row, entered, key, envelope }: Found,
  proven: Proven | undefined,
): VaultOutput<'open_entry'> {
  const { card, last4 } = row
  const shared = { opened_with: key.name }
  const absent: Compared = 'absent'
  if (card === null || last4 === null) {
    const told = { expiry: absent, security_code: absent, pin: absent, cryptogram: absent }
    return { card: null, last4: entered.pan.slice(-4), plastic: 'none', ...shared, ...told }
  }
  const kept = { card, expiry_mac: row.expiry_mac, code_mac: row.code_mac }
  return {
    card,
    last4,
    expiry: compareExpiry(hierarchy, kept, entered.expires),
    security_code: codeOf(hierarchy, kept, { entered, envelope }),
    pin: envelope.pinBlock === undefined ? 'absent' : (proven?.pin ?? 'blocked'),
    cryptogram: entered.chip === undefined ? 'absent' : (proven?.chip ?? 'invalid'),
    plastic: standingOf(row, entered),
    ...shared,
  }
}

/** Of a swiped card the stripe's own value stands for the printed one. */
function codeOf(
  hierarchy: World['hierarchy'],
  kept: Parameters<typeof compareCode>[1],
  { entered, envelope }: Pick<Found, 'entered' | 'envelope'>,
): Compared {
  const { stripe, code } = entered
  if (envelope.message.context.entry !== 'swiped') return compareCode(hierarchy, kept, code)
  if (stripe === undefined) return 'absent'
  return isStripe(hierarchy, stripe, stripe.discretionary) ? 'match' : 'mismatch'
}
