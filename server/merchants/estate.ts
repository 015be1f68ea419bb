/**
 * The estate of entry devices: what a merchant does with them. Where the vault must know too
 * (keys, suspension) it is told before the row is written: it is the one that opens.
 */
import { createHash } from 'node:crypto'
import type { DeviceState } from '@warifu/protocol/entry-device'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint, mintId } from '@warifu/protocol/ids'
import { type EntryDeviceStatus, entryDeviceMoves, sourcesOf } from '@warifu/protocol/moves'
import type { VaultOutput } from '@warifu/protocol/vault'
import { claimed, type Store } from '#store'
import type { VaultClient } from '#vault-client'
import {
  type DeviceAct,
  handOver,
  listDevices,
  moveDevice,
  readDevice,
  registerDevice,
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
    move: (act: Omit<Move, 'event'>) => move(needs, told(act)),
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
    tick: (nowMs: number) => tellSilence(needs, nowMs),
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

type Move = DeviceAct & { readonly to: EntryDeviceStatus; readonly reason: string }

/**
 * No transaction waits for the vault. So somebody else may have moved the device in between: then
 * the vault is told what the row says, until it says the same.
 */
async function move({ store, vault }: EstateNeeds, act: Move): Promise<Answer<null>> {
  const { device, to } = act
  const statusNow = async () => (await readDevice(store.sql, act))?.status
  const from = await statusNow()
  if (from === undefined) return refused('not_found')
  if (!sourcesOf(entryDeviceMoves, to).includes(from)) return refused('device_state')
  const tell = (suspended: boolean) => vault.call('suspend_device', { device, suspended })
  let isClosed = closed.includes(to)
  const told = await tell(isClosed)
  // A device without keys is unknown to the vault.
  if (!told.ok && to === 'active') return refused('device_unknown')
  const moved = await store.transaction((tx) => moveDevice(tx, act))
  for (;;) {
    const status = await statusNow()
    if (status === undefined || closed.includes(status) === isClosed) return moved
    isClosed = !isClosed
    await tell(isClosed)
  }
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
