/** Signs of life and alarms of entry devices. Ten seconds of silence are called offline. */

import type { DeviceState } from '@warifu/protocol/entry-device'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { AlarmKind } from '@warifu/protocol/merchant-objects'
import type { Store, Tx } from '#store'
import { type DeviceAct, moveDevice, tellOfDevice } from './entry-device.ts'

export const SILENCE_MS = 10_000
/** A little sooner, so that with the tick's own pace ten seconds are kept. */
const TELL_MS = 9_000

export const isOnline = (lastSeenMs: bigint | null, nowMs: number): boolean =>
  lastSeenMs !== null && nowMs - Number(lastSeenMs) < SILENCE_MS

type Seen = { readonly version: number; readonly online: boolean; readonly status: string }

/** The till sees the device. One that says it was tampered with is moved there at once. */
export async function heartbeat(
  store: Store,
  act: DeviceAct & { readonly state: DeviceState; readonly mint: Mint },
): Promise<Answer<null>> {
  return store.transaction(async (tx) => {
    const [before] = await tx<Seen[]>`
      select version, online, status from merchants.entry_device
       where id = ${act.device} and merchant = ${act.merchant} for no key update`
    if (before === undefined) return refused('not_found')
    await tx`
      update merchants.entry_device
         set last_seen_ms = ${act.nowMs}, reported = ${act.state}, online = true,
             version = version + ${before.online ? 0 : 1}
       where id = ${act.device}`
    if (!before.online) await tellOfDevice(tx, act, 'entry_device.online', before.version + 1, {})
    const event = () => ({ ...act, event: act.mint('evt') })
    if (act.state === 'exhausted') await raiseAlarm(tx, { ...event(), kind: 'exhausted' })
    if (act.state === 'tampered') {
      await raiseAlarm(tx, { ...event(), kind: 'tamper' })
      // From a status that has no such move the alarm alone stands.
      await moveDevice(tx, { ...event(), to: 'tampered', reason: 'the device says so' })
    }
    return done(null)
  })
}

/** Rings once a minute for each kind; further ones of that minute are counted. */
export async function raiseAlarm(
  tx: Tx,
  act: DeviceAct & { readonly kind: AlarmKind },
): Promise<void> {
  const [row] = await tx<{ count: number }[]>`
    insert into merchants.device_alarm as a (device, kind, minute, count)
    select d.id, ${act.kind}, ${Math.floor(act.nowMs / 60_000)}, 1
      from merchants.entry_device d where d.id = ${act.device} and d.merchant = ${act.merchant}
    on conflict (device, minute, kind) do update set count = a.count + 1
    returning count`
  if (row?.count !== 1) return
  const [device] = await tx<{ version: number }[]>`
    update merchants.entry_device set version = version + 1 where id = ${act.device}
    returning version`
  if (device === undefined) throw new Error('an alarm of no device')
  await tellOfDevice(tx, act, 'entry_device.alarm', device.version, { kind: act.kind })
}

/** Tells of devices that have fallen silent. Safe on every process at once. */
export async function tellSilence(
  { store, mint }: { readonly store: Store; readonly mint: Mint },
  nowMs: number,
): Promise<void> {
  const silent = await store.sql<{ id: Id<'edv'> }[]>`
    select id from merchants.entry_device where online and last_seen_ms <= ${nowMs - TELL_MS}
     limit 100`
  for (const { id } of silent)
    await store.transaction(async (tx) => {
      const [row] = await tx<{ merchant: Id<'mer'>; version: number }[]>`
        update merchants.entry_device set online = false, version = version + 1
         where id = ${id} and online and last_seen_ms <= ${nowMs - TELL_MS}
        returning merchant, version`
      if (row === undefined) return
      const act = { merchant: row.merchant, device: id, event: mint('evt'), nowMs }
      await tellOfDevice(tx, act, 'entry_device.offline', row.version, {})
    })
}
