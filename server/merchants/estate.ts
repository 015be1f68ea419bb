/**
 * The estate of entry devices: what a merchant does with them. The vault opens what they send, so
 * it must know who is suspended: the row says so first, and that the vault is due to be told.
 */
import { createHash } from 'node:crypto'
import type { DeviceState } from '@warifu/protocol/entry-device'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint, mintId } from '@warifu/protocol/ids'
import { type EntryDeviceStatus, entryDeviceMoves, sourcesOf } from '@warifu/protocol/moves'
import type { VaultOutput } from '@warifu/protocol/vault'
import { claimed, doEach, type Store } from '#store'
import type { VaultClient } from '#vault-client'
import {
  type DeviceAct,
  type DeviceMove,
  endDue,
  handOver,
  listDevices,
  markDue,
  moveDevice,
  readDevice,
  registerDevice,
  takeDue,
} from './entry-device.ts'
import { heartbeat, raiseAlarm, tellSilence } from './entry-device-life.ts'

export type EstateNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
}
export type Estate = ReturnType<typeof createEstate>

type Once = { readonly key: string; readonly digest: Uint8Array }
type Act = Omit<DeviceAct, 'event'>
type Registering = Once & {
  readonly merchant: Id<'mer'>
  readonly name: string
  readonly serialNumber: string
  readonly store?: Id<'str'>
  readonly holder: string
  readonly nowMs: number
}

export function createEstate(needs: EstateNeeds) {
  const { store, mint } = needs
  const told = <A extends Act>(act: A) => ({ ...act, event: mint('evt', laneOf(act.merchant)) })
  return {
    register: (asked: Registering) => register(needs, asked),
    get: (owned: Parameters<typeof readDevice>[1]) => readDevice(store.sql, owned),
    list: (merchant: Id<'mer'>, page: Parameters<typeof listDevices>[2]) =>
      listDevices(store.sql, merchant, page),
    move: (act: Omit<DeviceMove, 'event'>) => move(needs, told(act)),
    handOver: (act: Act & { holder: string; reason: string; store?: Id<'str'> }) =>
      store.transaction((tx) => handOver(tx, told(act))),
    heartbeat: async (act: Act & { readonly state: DeviceState }) => {
      const heard = await heartbeat(store, { ...told(act), mint })
      // Opened: its keys are gone, and whatever still comes in its name is nobody's.
      if (heard.ok && act.state === 'tampered')
        await needs.vault.call('suspend_device', { device: act.device, suspended: true })
      return heard
    },
    keys: (act: Act & Once) => makeKeys(needs, act),
    /** What the vault refused of a device. Only replays and noise are alarming. */
    alarm: async (act: Act & { readonly refusal: Refusal }): Promise<void> => {
      const kind = alarming[act.refusal]
      if (kind !== undefined)
        await store.transaction((tx) => raiseAlarm(tx, { ...told(act), kind }))
    },
    tick: (nowMs: number) => doEach([tellSilence, tellDue], (tell) => tell(needs, nowMs)),
  }
}

const alarming: Partial<Record<Refusal, 'replay' | 'noise'>> = {
  ksn_replayed: 'replay',
  entry_invalid: 'noise',
}

async function register(
  { store, mint }: EstateNeeds,
  asked: Registering,
): Promise<Answer<Id<'edv'>>> {
  const { merchant, name, serialNumber, holder, nowMs } = asked
  return store.transaction((tx) =>
    claimed(tx, asked, async (): Promise<Answer<Id<'edv'>>> => {
      const [place] = await tx<{ id: Id<'str'> }[]>`
        select id from merchants.store
         where merchant = ${merchant}
           and (${asked.store ?? null}::text is null or id = ${asked.store ?? null})
         order by id limit 1`
      if (place === undefined) return refused('not_found', 'store')
      const device = mint('edv')
      const event = mint('evt', laneOf(merchant))
      const made = { merchant, device, event, nowMs, name, serialNumber, holder, store: place.id }
      return (await registerDevice(tx, made)) ? done(device) : refused('device_exists')
    }),
  )
}

/** Statuses in which the vault opens nothing of a device. */
const closed: readonly EntryDeviceStatus[] = ['suspended', 'tampered', 'lost', 'retired']

type Owned = Pick<DeviceAct, 'merchant' | 'device'>

/**
 * The row moves first, then the vault is told; no transaction waits for it. Whoever sends the same
 * move again before the clock has seen to it has the first answer, and the vault is told again.
 */
async function move(needs: EstateNeeds, act: DeviceMove): Promise<Answer<null>> {
  const { store } = needs
  const { to, reason } = act
  const found = await readDevice(store.sql, act)
  if (found === undefined) return refused('not_found')
  const [last] = found.history
  const isAgain = last?.to === to && last.reason === reason && found.vaultDueMs !== null
  if (!isAgain) {
    if (!sourcesOf(entryDeviceMoves, to).includes(found.status)) return refused('device_state')
    if (to === 'active') {
      // A device without keys is unknown to the vault. It is asked by what stands: nothing opens.
      await markDue(store.sql, act)
      if (!(await tellVault(needs, act))) return refused('device_unknown')
    }
    const moved = await store.transaction((tx) => moveDevice(tx, act))
    if (!moved.ok) return moved
  }
  await tellVault(needs, act)
  return done(null)
}

/**
 * Tells the vault what the row says, until it says the same afterwards: somebody else may have
 * moved the device in between. False where the vault does not know it. What is told too late, by
 * somebody who then dies, `tellDue` puts right.
 */
async function tellVault({ store, vault }: EstateNeeds, owned: Owned): Promise<boolean> {
  const { device } = owned
  const isClosedNow = async () => {
    const status = (await readDevice(store.sql, owned))?.status
    return status !== undefined && closed.includes(status)
  }
  for (let suspended = await isClosedNow(); ; suspended = !suspended) {
    const told = await vault.call('suspend_device', { device, suspended })
    if ((await isClosedNow()) === suspended) return told.ok
  }
}

/** Whoever moved these has told the vault by now, or has died over it. */
async function tellDue(needs: EstateNeeds, nowMs: number): Promise<void> {
  const { sql } = needs.store
  const due = await takeDue(sql, nowMs)
  await Promise.all(
    due.map(async (one) => {
      await tellVault(needs, { merchant: one.merchant, device: one.id })
      await endDue(sql, one)
    }),
  )
}

type Keys = Omit<VaultOutput<'make_device_keys'>, never>

/** New keys, made once for a key of the merchant's: the vault's answer is its own first one. */
async function makeKeys(needs: EstateNeeds, act: Act & Once): Promise<Answer<Keys>> {
  const { store, vault } = needs
  const { merchant, device, key, digest, nowMs } = act
  const known = await readDevice(store.sql, { merchant, device })
  if (known === undefined) return refused('not_found')
  if (known.status === 'retired' || known.status === 'lost') return refused('device_state')
  const claim = { merchant, key, digest, nowMs }
  const first = await store.transaction((tx) => claimed(tx, claim, async () => done(device)))
  if (!first.ok) return first
  const request = idOfKey({ merchant, key, ofMs: Number(known.createdMs) })
  const reply = await vault.call('make_device_keys', { device, request })
  if (!reply.ok)
    return refused(reply.refusal === 'device_not_active' ? 'device_not_active' : 'device_unknown')
  return done(reply.output)
}

/** A retry asks the vault with the same words: the id comes of the merchant's key. */
const idOfKey = (of: { merchant: string; key: string; ofMs: number }): Id<'req'> =>
  mintId({
    prefix: 'req',
    lane: 0,
    nowMs: of.ofMs,
    chance: createHash('sha256').update(`${of.merchant}/${of.key}`).digest(),
  })
