/**
 * The reader at this phone, as the page has it in hand: plugged in, paired, and in a sale carried.
 * The page hears what the reader's display shows and never what is read or keyed there.
 */
import {
  type Carried,
  type Carrier,
  carrySale,
  plugIn,
  plugInSerial,
  type ReaderCable,
  type SerialLine,
} from '@warifu/devices/reader-cable'
import { errors } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { CableError, CableEvent } from '@warifu/protocol/reader'
import { act, actSurely } from './acting.ts'
import type { Ending } from './pending.ts'
import type { World } from './world.tsx'

export type Plug = {
  /** `new`: it answers, and is not paired with this wallet. */
  readonly at: 'out' | 'new' | 'pairing' | 'in'
  readonly display: string
  readonly trouble: CableError | null
  readonly carried: Carried | null
}

const TOKEN = 'reader-token'
const LOOK_MS = 2000

let plug: Plug = { at: 'out', display: '', trouble: null, carried: null }
let cable: ReaderCable | null = null
let carrier: Carrier | null = null
let turn: Promise<void> = Promise.resolve()
const listeners = new Set<() => void>()

export const plugNow = (): Plug => plug
export function onPlug(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function move(change: Partial<Plug>): void {
  plug = { ...plug, ...change }
  for (const listener of listeners) listener()
}

/** Where the reader of this machine listens; null where this wallet was told of none. */
async function addressOf(): Promise<string | null> {
  const config: unknown = await (await fetch('/config.json')).json()
  const found = Object.entries(config ?? {}).find(([name]) => name === 'reader_origin')?.[1]
  return typeof found === 'string' ? found : null
}

/** Plugs in: by the loopback, or by a serial line that the person has chosen. */
export async function connect(world: World, line?: SerialLine): Promise<void> {
  if (cable !== null) return
  const listener = {
    onEvent: (event: CableEvent) => {
      turn = turn.then(() => hear(world, event))
    },
    onUnplugged: () => {
      cable = null
      move({ at: 'out', display: '' })
    },
  }
  const address = line === undefined ? await addressOf() : null
  if (line !== undefined) cable = await plugInSerial(line, listener)
  else if (address !== null) cable = await plugIn(new WebSocket(address), listener)
  if (cable === null) return
  const token = await world.kept.get(TOKEN)
  move({ at: 'new', trouble: null })
  if (typeof token === 'string') cable.send({ say: 'hello', token })
}

export const pair = (): void => cable?.send({ say: 'pair' })
export const typeCode = (code: string): void => cable?.send({ say: 'pair_code', code })

async function hear(world: World, event: CableEvent): Promise<void> {
  switch (event.tell) {
    case 'pair_shown':
      return move({ at: 'pairing', trouble: null })
    case 'paired':
      await world.kept.set(TOKEN, event.token)
      return prove(world)
    case 'hello':
      return move({ at: 'in', trouble: null })
    case 'display':
      return move({ display: event.text })
    case 'proof':
      await act(world, () => world.terminal.reader.register('My reader', event.proof))
      return
    case 'refused':
      if (event.error === 'not_paired') move({ at: 'new' })
      move({ trouble: event.error })
      return carrier?.onEvent(event)
    default:
      return carrier?.onEvent(event)
  }
}

/** Paired for the first time: the platform is told which reader is at this phone. */
async function prove({ terminal }: World): Promise<void> {
  const { terminal: id } = await terminal.state()
  if (id !== null) cable?.send({ say: 'prove', terminal: id })
}

/** Whether the reader knows this wallet; it may have just been plugged in. */
export async function isPaired({ waiting }: World): Promise<boolean> {
  for (let patience = 10; patience > 0 && plug.at !== 'in'; patience -= 1) await waiting.sleep(200)
  return plug.at === 'in'
}

/** Carries one sale to its end. */
export async function carry(world: World, payment: Id<'pay'>): Promise<Ending> {
  const line = cable
  if (line === null || plug.at !== 'in') return { kind: 'failed', code: 'reader_unknown' }
  const ending = new Promise<Ending>((resolve) => {
    const host = {
      sale: world.terminal.reader.sale,
      present: (message: Parameters<typeof world.terminal.reader.present>[0]) =>
        actSurely(world, {
          name: 'presentCard',
          work: () => world.terminal.reader.present(message),
          onUnknown: () => {},
        }),
      stop: () => act(world, () => world.terminal.reader.stop(payment)),
    }
    const onMove = (carried: Carried) => {
      move({ carried })
      if (carried.at === 'paid') resolve({ kind: 'paid' })
      if (carried.at === 'over') resolve(endingOf(carried.because))
    }
    carrier = carrySale({ payment, cable: line, host, onMove })
  })
  await carrier?.start()
  const watched = { isOver: false }
  void watch(world, watched)
  const ended = await ending
  watched.isOver = true
  carrier = null
  move({ carried: null })
  return ended
}

/** The shop or the clock may end it: that is looked for while it runs. */
async function watch({ waiting }: World, watched: { isOver: boolean }): Promise<void> {
  while (!watched.isOver) {
    await waiting.sleep(LOOK_MS)
    // Silence on the line is no end: the next look may be answered.
    await carrier?.look().catch(() => {})
  }
}

function endingOf(because: string): Ending {
  if (because === 'expired' || because === 'cancelled') return { kind: because }
  return because in errors ? { kind: 'declined', code: because } : { kind: 'cancelled' }
}
