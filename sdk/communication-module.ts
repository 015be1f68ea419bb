/**
 * The communication module of a till: finds and drives entry devices, and joins them with the API.
 *
 * The idempotency key is on disk before a card is asked for, the request's bytes before they are
 * sent; so after any crash or cut it learns what happened, and never charges twice. What passes
 * through it is ciphertext: no card number is in its memory, files or traffic. For Node.js.
 */

import type { Id } from '@warifu/protocol/ids'
import type { Calling } from './calling.ts'
import { deferred } from './deferred.ts'
import {
  createLine,
  type DeviceLine,
  type DeviceStatus,
  type Found,
  findDevices,
} from './device-line.ts'
import type { Place } from './device-link.ts'
import { lockFolder } from './folder-lock.ts'
import { beat } from './heartbeats.ts'
import { ownRuntime, type Runtime } from './runtime.ts'
import { type JournalEntry, type Outcome, openJournal } from './sale-journal.ts'
import { type Asked, type Order, type SaleState, sell, takeUp } from './selling.ts'

export type { DeviceStatus } from './device-line.ts'
export type { Place } from './device-link.ts'
export type { Outcome } from './sale-journal.ts'
export type { Order, SaleState } from './selling.ts'

export type ModuleOptions = Partial<Runtime> & {
  readonly apiKey: string
  readonly apiUrl: string
  /** Whose devices these are. */
  readonly merchant: Id<'mer'>
  /** Where sales are written down. */
  readonly folder: string
  /** Where devices may be: TCP addresses and serial lines. */
  readonly places: readonly Place[]
  /** For one try of the API; 10 seconds if not told. */
  readonly timeoutMs?: number
  /**
   * Tells the platform every few seconds which devices are seen; true if not told. `open_lines`:
   * where tills share a device, only while this one has it.
   */
  readonly heartbeats?: boolean | 'open_lines'
}

export type SaleAsk = Order &
  Partial<Asked> & {
    /** Your own idempotency key (a UUID), kept with your order before; else one is made. */
    readonly key?: string
    /** Which device, where there are several. */
    readonly device?: Id<'edv'>
    readonly onState?: (state: SaleState) => void
  }

export type Sale = {
  /** The sale's own name: its idempotency key. */
  readonly key: string
  /** The truth; `finding_out` only where the module was closed before it was known. */
  readonly done: Promise<Outcome | { readonly state: 'finding_out' }>
  /** Ends it where no card was read yet; afterwards it goes on to its end. */
  readonly cancel: () => Promise<void>
}

/** A sale of before this start, and how it ended. */
export type Resumed = Pick<JournalEntry, 'key' | 'amount' | 'currency' | 'reference'> & {
  readonly outcome: Outcome
}

export type CommunicationModule = {
  readonly devices: () => Promise<readonly DeviceStatus[]>
  /** Begins a sale; the key is on disk when this resolves. */
  readonly sale: (ask: SaleAsk) => Promise<Sale>
  /** Call it at every start: learns what became of each sale that was left open. */
  readonly resume: () => Promise<readonly Resumed[]>
  /** What became of a sale. Undefined: there was none, so nothing was ever sent. */
  readonly outcomeOf: (
    key: string,
  ) => Promise<Outcome | { readonly state: 'finding_out' } | undefined>
  readonly close: () => Promise<void>
}

/** Why a sale does not even begin. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError'
  readonly code: 'no_device' | 'device_busy' | 'device_not_ready' | 'folder_in_use' | 'closed'
  constructor(code: ModuleError['code'], what: string) {
    super(what)
    this.code = code
  }
}

const everyWay: Asked = { entry: ['keyed', 'swiped', 'inserted'], pin: false, timeoutS: 120 }

/**
 * @example
 * const till = await openCommunicationModule({ apiKey, apiUrl, merchant, folder, places })
 * for (const sale of await till.resume()) console.log(sale.reference, sale.outcome.state)
 * const { done } = await till.sale({ amount: 1200, currency: 'jpy', onState: show })
 * console.log((await done).state)
 */
export async function openCommunicationModule(
  options: ModuleOptions,
): Promise<CommunicationModule> {
  const { apiKey, apiUrl, merchant, folder, places, ...rest } = options
  const { timeoutMs = 10_000, heartbeats = true, ...runtime } = rest
  const unlock = await lockFolder(folder)
  if (unlock === undefined)
    throw new ModuleError('folder_in_use', `Another program has the sales in ${folder}.`)
  const journal = await openJournal(folder)
  const calling: Calling = { ...ownRuntime, ...runtime, apiKey, apiUrl, timeoutMs, retries: 0 }
  const lines = places.map((place) => createLine(place, calling))
  const closing = new AbortController()
  const running = new Map<string, { readonly device: string; readonly done: Promise<unknown> }>()
  const base = { calling, journal, signal: closing.signal }
  const onlyOpen = heartbeats === 'open_lines'
  const beating = heartbeats ? beat(calling, { lines, onlyOpen, signal: base.signal }) : undefined

  const sale = async ({
    key = calling.newKey(),
    device,
    onState,
    ...ask
  }: SaleAsk): Promise<Sale> => {
    if (closing.signal.aborted) throw new ModuleError('closed', 'This module was closed.')
    const { line, status } = choose(await findDevices(lines), device)
    const { order, asked } = parted(ask)
    if ([...running.values()].some((one) => one.device === status.device))
      throw new ModuleError('device_busy', `${status.device} has a sale already.`)
    const tell = (state: SaleState) => onState?.(state)
    const begun = deferred<void>()
    const work = begun.promise.then(() =>
      sell({ ...base, line, merchant, tell }, opened, { order, asked }),
    )
    const done = work
      .then((outcome) => outcome ?? ({ state: 'finding_out' } as const))
      .finally(() => running.delete(key))
    running.set(key, { device: status.device, done: done.catch(() => undefined) })
    const opened = openedOf({ key, device: status.device, order })
    await journal.write(opened).then(begun.resolve, begun.reject)
    const cancel = async () => void (await line.ask({ command: 'cancel' }).catch(() => undefined))
    return { key, done, cancel }
  }

  return {
    devices: async () => (await findDevices(lines)).map(({ status }) => status),
    sale,
    resume: () => resumed(base, (key) => running.has(key)),
    outcomeOf: async (key) => {
      const entry = await journal.read(key)
      return entry && (entry.outcome ?? { state: 'finding_out' })
    },
    close: async () => {
      closing.abort()
      await dropAll(lines)
      await Promise.all([...running.values()].map(({ done }) => done))
      await beating
      // A last beat may have opened one more.
      await dropAll(lines)
      await unlock()
    },
  }
}

/** Those that nobody is at: each to its end, as far as it can be known. */
async function resumed(
  base: Omit<Parameters<typeof takeUp>[0], 'tell'>,
  isRunning: (key: string) => boolean,
): Promise<readonly Resumed[]> {
  const left = (await base.journal.unsettled()).filter(({ key }) => !isRunning(key))
  const found = await Promise.all(
    left.map(async (entry) => {
      const outcome = await takeUp({ ...base, tell: () => {} }, entry)
      const { key, amount, currency, reference } = entry
      return outcome === undefined ? [] : [{ key, amount, currency, reference, outcome }]
    }),
  )
  return found.flat()
}

const dropAll = (lines: readonly DeviceLine[]) => Promise.all(lines.map((line) => line.drop()))

function choose(found: readonly Found[], device: string | undefined): Found {
  const fitting = found.filter(({ status }) => device === undefined || status.device === device)
  const [ready] = fitting.filter(({ status }) => status.state === 'ready')
  if (ready !== undefined) return ready
  const [first] = fitting
  if (first === undefined) throw new ModuleError('no_device', 'No entry device answers.')
  const { device: id, state } = first.status
  const code = state === 'busy' ? 'device_busy' : 'device_not_ready'
  throw new ModuleError(code, `The entry device ${id} is ${state}.`)
}

function parted({ entry, pin, timeoutS, channel, ...order }: Order & Partial<Asked>) {
  const given = { ...(entry && { entry }), ...(pin && { pin }), ...(timeoutS && { timeoutS }) }
  const told = channel === undefined ? {} : { channel, entry: ['keyed'] as const, pin: false }
  return { order, asked: { ...everyWay, ...given, ...told } }
}

const openedOf = ({
  key,
  device,
  order,
}: {
  readonly key: string
  readonly device: string
  readonly order: Order
}): JournalEntry => ({
  v: 1,
  key,
  device,
  amount: order.amount,
  currency: order.currency,
  reference: order.merchant_reference ?? null,
  stage: 'opened',
  body: null,
  outcome: null,
})
