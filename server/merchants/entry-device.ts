/** The rows of entry devices: registration, custody, status moves. What each did is kept. */

import type { DeviceState } from '@warifu/protocol/entry-device'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { AlarmKind } from '@warifu/protocol/merchant-objects'
import { type EntryDeviceStatus, entryDeviceMoves, sourcesOf } from '@warifu/protocol/moves'
import { append } from '#events'
import type { Db, Tx } from '#store'

export type EntryDevice = {
  readonly id: Id<'edv'>
  readonly merchant: Id<'mer'>
  readonly name: string
  readonly serialNumber: string
  readonly store: Id<'str'>
  readonly status: EntryDeviceStatus
  readonly reported: DeviceState | null
  readonly lastSeenMs: bigint | null
  readonly version: number
  readonly createdMs: bigint
  /** When the vault is told of its status once more; null: it was. */
  readonly vaultDueMs: bigint | null
  readonly custody: readonly Custody[]
  readonly history: readonly Move[]
  readonly alarms: readonly Alarm[]
}
type Custody = { at_ms: number; holder: string; store: Id<'str'>; reason: string }
type Move = {
  at_ms: number
  from: EntryDeviceStatus | null
  to: EntryDeviceStatus
  reason: string
}
type Alarm = { at_ms: number; kind: AlarmKind; count: number }

/** One act on a device of this merchant's. */
export type DeviceAct = {
  readonly merchant: Id<'mer'>
  readonly device: Id<'edv'>
  readonly event: Id<'evt'>
  readonly nowMs: number
}

const columns = (db: Db) => db`
  d.id, d.merchant, d.name, d.serial_number as "serialNumber", d.store, d.status, d.reported,
  d.last_seen_ms as "lastSeenMs", d.version, d.created_ms as "createdMs",
  d.vault_due_ms as "vaultDueMs",
  (select coalesce(jsonb_agg(jsonb_build_object('at_ms', c.at_ms, 'holder', c.holder,
            'store', c.store, 'reason', c.reason) order by c.seq desc), '[]')
     from merchants.custody c where c.device = d.id) as custody,
  (select coalesce(jsonb_agg(jsonb_build_object('at_ms', m.at_ms, 'from', m.from_state,
            'to', m.to_state, 'reason', m.reason) order by m.seq desc), '[]')
     from merchants.device_move m where m.device = d.id) as history,
  (select coalesce(jsonb_agg(a order by a.at_ms desc), '[]')
     from (select minute * 60000 as at_ms, kind, count from merchants.device_alarm
            where device = d.id order by minute desc limit 100) a) as alarms`

export async function readDevice(
  db: Db,
  { merchant, device }: Pick<DeviceAct, 'merchant' | 'device'>,
): Promise<EntryDevice | undefined> {
  const [row] = await db<EntryDevice[]>`
    select ${columns(db)} from merchants.entry_device d
     where d.id = ${device} and d.merchant = ${merchant}`
  return row
}

/** Newest first; ask for one more than is shown to know whether there are more. */
export async function listDevices(
  db: Db,
  merchant: Id<'mer'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<EntryDevice[]> {
  return db<EntryDevice[]>`
    select ${columns(db)} from merchants.entry_device d
     where d.merchant = ${merchant}
       and (${before ?? null}::text is null or d.id < ${before ?? null})
     order by d.id desc limit ${limit}`
}

export type NewDevice = DeviceAct & {
  readonly name: string
  readonly serialNumber: string
  readonly store: Id<'str'>
  readonly holder: string
}

/** False where the serial number is known already. */
export async function registerDevice(tx: Tx, made: NewDevice): Promise<boolean> {
  const { device, merchant, name, serialNumber, store, holder, event, nowMs } = made
  const [row] = await tx`
    insert into merchants.entry_device
      (id, merchant, name, serial_number, store, status, created_ms)
    values (${device}, ${merchant}, ${name}, ${serialNumber}, ${store}, 'registered', ${nowMs})
    on conflict (serial_number) do nothing returning id`
  if (row === undefined) return false
  await tx`
    insert into merchants.custody (device, seq, at_ms, holder, store, reason)
    values (${device}, 1, ${nowMs}, ${holder}, ${store}, 'registered')`
  await tx`
    insert into merchants.device_move (device, seq, at_ms, to_state, reason)
    values (${device}, 1, ${nowMs}, 'registered', 'registered')`
  await tell(tx, { merchant, device, event, nowMs }, 'entry_device.registered', 1, {
    serial_number: serialNumber,
  })
  return true
}

type DeviceEvent = Extract<Parameters<typeof append>[1][number]['type'], `entry_device.${string}`>

const tell = (
  tx: Tx,
  { merchant: audience, device: subject, event: id, nowMs }: DeviceAct,
  type: DeviceEvent,
  sequence: number,
  data: Readonly<Record<string, unknown>>,
) => append(tx, [{ id, audience, type, subject, sequence, data }], nowMs)

export type DeviceMove = DeviceAct & { readonly to: EntryDeviceStatus; readonly reason: string }

/** Moves the status along the table; the move and its reason are kept, and the vault is due. */
export async function moveDevice(tx: Tx, act: DeviceMove): Promise<Answer<null>> {
  const { merchant, device, to, reason, nowMs } = act
  const [before] = await tx<{ status: EntryDeviceStatus; version: number }[]>`
    select status, version from merchants.entry_device
     where id = ${device} and merchant = ${merchant} for no key update`
  if (before === undefined) return refused('not_found')
  if (!sourcesOf(entryDeviceMoves, to).includes(before.status)) return refused('device_state')
  await tx`
    update merchants.entry_device set status = ${to}, version = version + 1 where id = ${device}`
  await markDue(tx, act)
  await tx`
    insert into merchants.device_move (device, seq, at_ms, from_state, to_state, reason)
    select ${device}, count(*) + 1, ${nowMs}, ${before.status}, ${to}, ${reason}
      from merchants.device_move where device = ${device}`
  const moved = { from: before.status, to, reason }
  await tell(tx, act, 'entry_device.moved', before.version + 1, moved)
  return done(null)
}

/** Longer than a call to the vault may take: whoever has told it meanwhile has come to an end. */
const DUE_MS = 15_000

/** Written before the vault is told anything: whoever dies over it leaves it to the clock. */
export async function markDue(
  db: Db,
  { device, nowMs }: Pick<DeviceAct, 'device' | 'nowMs'>,
): Promise<void> {
  await db`
    update merchants.entry_device
       set vault_due_ms = greatest(vault_due_ms + 1, ${nowMs + DUE_MS}::bigint)
     where id = ${device}`
}

type Due = Pick<EntryDevice, 'id' | 'merchant' | 'vaultDueMs'>

/** Of whose status the vault is due to be told; kept for this process until it is due again. */
export async function takeDue(db: Db, nowMs: number): Promise<readonly Due[]> {
  return db<Due[]>`
    update merchants.entry_device set vault_due_ms = ${nowMs + DUE_MS}::bigint
     where id in (select id from merchants.entry_device
                   where vault_due_ms <= ${nowMs}
                   order by vault_due_ms limit 100 for update skip locked)
    returning id, merchant, vault_due_ms as "vaultDueMs"`
}

/** The vault knows, unless somebody moves the device again. */
export async function endDue(db: Db, { id, vaultDueMs }: Due): Promise<void> {
  await db`
    update merchants.entry_device set vault_due_ms = null
     where id = ${id} and vault_due_ms = ${vaultDueMs}`
}

/** Writes down a new holder, and the store where the device is now. */
export async function handOver(
  tx: Tx,
  act: DeviceAct & { readonly holder: string; readonly reason: string; readonly store?: Id<'str'> },
): Promise<Answer<null>> {
  const { merchant, device, holder, reason, nowMs } = act
  const [row] = await tx<{ store: Id<'str'> }[]>`
    update merchants.entry_device d set store = coalesce(s.id, d.store)
      from (select ${act.store ?? null}::text as asked) a
      left join merchants.store s on s.id = a.asked and s.merchant = ${merchant}
     where d.id = ${device} and d.merchant = ${merchant}
       and (a.asked is null or s.id is not null)
    returning d.store`
  if (row === undefined) return refused('not_found')
  await tx`
    insert into merchants.custody (device, seq, at_ms, holder, store, reason)
    select ${device}, count(*) + 1, ${nowMs}, ${holder}, ${row.store}, ${reason}
      from merchants.custody where device = ${device}`
  return done(null)
}

export { tell as tellOfDevice }
