/**
 * Devices that cardholders carry: proximity devices, readers, SIM cards. Each kind has a file of
 * its own and a row in the table below; their owner lists and removes them all alike.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId } from '@warifu/protocol/ids'
import type { TerminalCall, Work } from '#terminals'
import type { Carried, CarriedId, Kind, Owned } from './carried.ts'
import { type EpochNeeds, fillEpochs } from './epochs.ts'
import { linkDevice, type PairNeeds, pairDevice } from './pairing.ts'
import { listProximity, removeProximity } from './proximity.ts'
import { listSims, removeSim, simsOf } from './sim-rows.ts'
import { type LinkAsked, link, type Personalising, personalise, type SimNeeds } from './sims.ts'

export type { Carried, CarriedId } from './carried.ts'
export type { Whose } from './epochs.ts'
export {
  type FoundDevice,
  type FoundSim,
  findProximity,
  findReaders,
  findSims,
  findWholeSims,
  type SoughtSim,
} from './finding.ts'
export { alsoHeard, hear, heardFor } from './hearing.ts'
export type { Sim } from './sim-rows.ts'

export type DeviceNeeds = PairNeeds &
  SimNeeds &
  EpochNeeds & {
    /** Told of a fault of the work behind `tick`, which nobody waits for. */
    readonly report: (fault: unknown) => void
  }

import {
  keepSale,
  listReaders,
  markEnded,
  openSales,
  type Registering,
  readerAt,
  registerReader,
  removeReader,
  saleFor,
} from './readers.ts'

export type { ReaderSale } from './readers.ts'

/** What payments know of readers. */
export const readers = {
  at: readerAt,
  keep: keepSale,
  saleFor,
  open: openSales,
  markEnded,
} as const
export type Readers = typeof readers

export type Devices = ReturnType<typeof createDevices>

/** By the prefix of their ids. */
const kindsOf = ({ vault }: DeviceNeeds): Readonly<Record<string, Kind>> => ({
  sim: {
    list: listSims,
    forget: async (device) => void (await vault.call('remove_sim', { sim: simOf(device) })),
    remove: removeSim,
  },
  pxd: {
    list: listProximity,
    forget: async (device) => {
      if (isId('pxd', device)) await vault.call('remove_chip', { device })
    },
    remove: removeProximity,
  },
  rdr: { list: listReaders, forget: async () => {}, remove: removeReader },
})

export function createDevices(needs: DeviceNeeds) {
  const kinds = kindsOf(needs)
  const list = async (cardholder: Id<'chl'>): Promise<Carried[]> => {
    const found = await Promise.all(
      Object.values(kinds).map((kind) => kind.list(needs.store.sql, cardholder)),
    )
    return found.flat().sort((a, b) => b.createdMs - a.createdMs)
  }
  let fillingUntilMs = 0
  return {
    /** Those in use, newest first. */
    list,
    sims: {
      list: (cardholder: Id<'chl'>) => simsOf(needs.store.sql, cardholder),
      personalise: (asked: Personalising) => personalise(needs, asked),
      link: (asked: LinkAsked) => link(needs, asked),
    },
    pair: (asked: Parameters<typeof pairDevice>[1]) => pairDevice(needs, asked),
    link: (asked: Parameters<typeof linkDevice>[1]) => linkDevice(needs, asked),
    /**
     * Codes of epochs that are missing. A million of them take a while: nobody waits for it, and
     * whoever looks meanwhile finds its lease.
     */
    tick: async (nowMs: number): Promise<void> => {
      if (nowMs < fillingUntilMs) return
      const untilMs = nowMs + FILLING_MS
      fillingUntilMs = untilMs
      void fillEpochs(needs, nowMs)
        .catch(needs.report)
        .finally(() => {
          if (fillingUntilMs === untilMs) fillingUntilMs = 0
        })
    },
    registerReader: (registering: Registering) => registerReader(needs.vault, registering),
    /** A terminal's work: the vault forgets first, as it is the one that would believe. */
    remove: ({ call, device, nowMs }: Removing): Work<Owned, Carried> => ({
      gather: async () => {
        const { cardholder } = call
        const isOwn = (await list(cardholder)).some(({ id }) => id === device)
        if (!isOwn) return refused('not_found')
        await kindOf(kinds, device).forget(device)
        return done({ cardholder, device })
      },
      record: async (tx, owned): Promise<Answer<Carried>> => {
        const gone = await kindOf(kinds, device).remove(tx, owned, nowMs)
        return gone === undefined ? refused('not_found') : done(gone)
      },
    }),
  }
}

/** Past the lease of one page: whoever fills for longer renews it. */
const FILLING_MS = 60_000

type Removing = {
  readonly call: TerminalCall
  readonly device: CarriedId
  readonly nowMs: number
}

function kindOf(kinds: Readonly<Record<string, Kind>>, device: CarriedId): Kind {
  const kind = kinds[device.slice(0, device.indexOf('_'))]
  if (kind === undefined) throw new Error(`${device}: no such kind of device`)
  return kind
}

function simOf(device: CarriedId): Id<'sim'> {
  if (!isId('sim', device)) throw new Error(`${device} is no SIM`)
  return device
}
