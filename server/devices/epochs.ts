/**
 * The codes of the epochs −1, 0 and +1, as opaque rows: code and device. The vault makes them page
 * by page, COPY puts them into the epoch's own partition. What a stolen server learns from them is
 * who was heard where during half an hour; no code of them moves money.
 */
import { once } from 'node:events'
import { fromBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import { CODE_BYTES, epochAt } from '@warifu/protocol/proximity-frame'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { Db, Store } from '#store'
import type { VaultClient } from '#vault-client'

export type EpochNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly now: () => number
}

const SLOTS = 4
export const slotOf = (epoch: number): number => epoch % SLOTS
const LEASE_MS = 30_000

const around = (nowMs: number): number[] => [0, 1, -1].map((step) => epochAt(nowMs) + step)

/** Fills what is missing, the present epoch first; answers with how many rows it wrote. */
export async function fillEpochs(needs: EpochNeeds, nowMs: number): Promise<number> {
  const wanted = around(nowMs)
  const ready = await needs.store.sql<{ epoch: bigint }[]>`
    select epoch from devices.epoch where state = 'ready' and epoch = any(${wanted})`
  const missing = wanted.filter((epoch) => !ready.some((one) => Number(one.epoch) === epoch))
  let rows = 0
  for (const epoch of missing) rows += await fill(needs, epoch)
  return rows
}

/** An epoch that is ours to fill until its lease runs out. */
type Filling = { readonly epoch: number; lease: number; rows: number }

/** One epoch, by whoever gets its lease; of a process that died, the lease runs out. */
async function fill(needs: EpochNeeds, epoch: number): Promise<number> {
  const { sql } = needs.store
  const filling: Filling = { epoch, lease: needs.now() + LEASE_MS, rows: 0 }
  const [begun] = await sql<{ mine: boolean }[]>`
    select devices.begin_epoch(${epoch}, ${needs.now()}, ${filling.lease}) as mine`
  if (begun?.mine !== true) return 0
  try {
    await fillPages(needs, filling)
  } finally {
    // Where it did not become ready, the next tick tries again; if this fails too, the lease ends.
    await giveBack(sql, filling).catch(() => undefined)
  }
  return filling.rows
}

async function fillPages({ store: { sql }, vault, now }: EpochNeeds, filling: Filling) {
  const { epoch } = filling
  for (let after: Id<'pxd'> | null = null; ; ) {
    const reply: Awaited<ReturnType<typeof askFor>> = await askFor(vault, epoch, after)
    // Its clock is another's: that epoch is not open for the vault, yet or any more.
    if (!reply.ok) return
    await copyIn(sql, epoch, reply.output)
    filling.rows += reply.output.devices.length
    const next = now() + LEASE_MS
    const state = reply.output.has_more ? 'filling' : 'ready'
    const [kept] = await sql`
      update devices.epoch set lease_ms = ${next}, filled = ${filling.rows}, state = ${state}
       where slot = ${slotOf(epoch)} and epoch = ${epoch} and lease_ms = ${filling.lease}
      returning slot`
    if (kept === undefined || state === 'ready') return
    after = reply.output.devices.at(-1) ?? null
    filling.lease = next
  }
}

const giveBack = (sql: Store['sql'], { epoch, lease }: Filling) => sql`
  update devices.epoch set lease_ms = 0
   where slot = ${slotOf(epoch)} and epoch = ${epoch} and lease_ms = ${lease} and state = 'filling'`

const askFor = (vault: EpochNeeds['vault'], epoch: number, after: Id<'pxd'> | null) =>
  vault.call('make_epoch_codes', { epoch, after })

async function copyIn(
  sql: Store['sql'],
  epoch: number,
  { devices, codes }: VaultOutput<'make_epoch_codes'>,
): Promise<void> {
  if (devices.length === 0) return
  const bytes = Buffer.from(fromBase64url(codes))
  const lines = devices.map((device, i) => {
    const code = bytes.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES).toString('hex')
    return `${slotOf(epoch)}\t${epoch}\t\\\\x${code}\t${device}\n`
  })
  const into = await sql`copy devices.code (slot, epoch, code, device) from stdin`.writable()
  into.end(lines.join(''))
  await once(into, 'finish')
}

type Coded = { readonly device: Id<'pxd'>; readonly codes: VaultOutput<'pair_chip'>['codes'] }

/** A device that was paired just now: into the epochs that stand already. */
export async function addCodes(db: Db, { device, codes }: Coded): Promise<void> {
  for (const { epoch, code } of codes)
    await db`
      insert into devices.code (slot, epoch, code, device)
      select e.slot, e.epoch, ${Buffer.from(fromBase64url(code))}, ${device} from devices.epoch e
       where e.slot = ${slotOf(epoch)} and e.epoch = ${epoch}`
}

export type Whose = {
  readonly device: Id<'pxd'>
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly card: Id<'crd'>
}

/** Whose code this was at that time: one look into the index of each epoch that may count. */
export async function resolve(
  db: Db,
  { code, atMs }: { readonly code: Uint8Array; readonly atMs: number },
): Promise<Whose | undefined> {
  const epochs = around(atMs)
  const [found] = await db<Whose[]>`
    select d.id as device, d.terminal, d.cardholder, d.card
      from devices.code c
      join devices.proximity d on d.id = c.device
     where c.slot = any(${epochs.map(slotOf)}) and c.code = ${Buffer.from(code)}
       and c.epoch = any(${epochs}) and d.state = 'active'
     limit 1`
  return found
}
