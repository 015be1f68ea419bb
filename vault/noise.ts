/**
 * Messages that no key of ours made. They are counted by device and minute; past a bound nothing
 * more is written that minute. A message that verifies is never held up by them: whoever can shout
 * must not be able to silence a till.
 */
import type { Sql } from './store.ts'

/** How many of a device are written down in a minute. */
const MOST = 60
const KEPT_DEVICES = 10_000

export type Noise = { readonly note: (sql: Sql, devices: readonly string[]) => Promise<void> }

export function createNoise(nowMs: () => number): Noise {
  let minute = 0
  let seen = new Map<string, number>()
  return {
    note: async (sql, devices) => {
      const now = Math.floor(nowMs() / 60_000)
      if (now !== minute) [minute, seen] = [now, new Map()]
      for (const device of new Set(devices)) {
        const count = devices.filter((one) => one === device).length
        const before = seen.get(device) ?? 0
        if (before >= MOST || (before === 0 && seen.size >= KEPT_DEVICES)) continue
        seen.set(device, before + count)
        await sql`
          insert into entry.noise as n (device, minute, seen)
          select d.device, ${minute}, ${count} from entry.device d where d.device = ${device}
          on conflict (device, minute) do update set seen = n.seen + excluded.seen`
      }
    },
  }
}
