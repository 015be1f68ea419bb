/**
 * SIMULATOR of an encrypting entry device: a keypad with a stripe reader and a display, which
 * behaves as PCI PTS SRED asks. It stands for hardware: no case, no sensors, no certificate.
 *
 * A state machine: (device, input) → { device, outputs }. Outputs are carried out in their order: a
 * `keep` has reached the disk before what follows it may leave, or nothing follows. A device that
 * went in is used up, because what is secret in it is written and wiped in place.
 */
import type {
  DeviceState,
  EntryKind,
  LinkAnswer,
  LinkError,
  LinkEvent,
  LinkRequest,
} from '@warifu/protocol/entry-device'
import {
  type Advance,
  chipAnswered,
  type Given,
  inserted,
  type Key,
  keyed,
  prompt,
  type Sale,
  startSale,
  swiped,
} from './entering.ts'
import { type Entry, wipe } from './entry-memory.ts'
import { loadKey } from './key-loading.ts'
import { erased, hasKeys, type KeyMemory } from './key-memory.ts'
import { sealEntry } from './sealing.ts'

export type Device = {
  readonly memory: KeyMemory
  readonly sale: Sale | null
  /** What the display shows while nothing is entered. */
  readonly shown: string
  /** The sales that were asked for last: each is entered once, however often it is asked for. */
  readonly asked: readonly string[]
}

export type Input =
  | { readonly kind: 'request'; readonly request: LinkRequest }
  | { readonly kind: 'link_lost' }
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'stripe'; readonly character: number }
  | { readonly kind: 'inserted' }
  | { readonly kind: 'chip'; readonly byte: number; readonly isLast: boolean }
  | { readonly kind: 'load_key'; readonly block: string }
  | { readonly kind: 'tamper' }
  | { readonly kind: 'tick' }

export type Output =
  | { readonly kind: 'keep' | 'erase'; readonly memory: KeyMemory }
  | { readonly kind: 'send'; readonly frame: LinkAnswer | LinkEvent }
  /** To whoever stands at the device. */
  | { readonly kind: 'panel'; readonly said: string }

export type Step = { readonly device: Device; readonly outputs: readonly Output[] }
export type { Given, Key } from './entering.ts'

export const FIRMWARE = 'warifu-simulator 1'

export const startDevice = (memory: KeyMemory): Device => ({
  memory,
  sale: null,
  shown: '',
  asked: [],
})

export function stateOf({ memory, sale }: Device): DeviceState {
  if (memory.isTampered) return 'tampered'
  if (memory.keys === null) return 'no_keys'
  if (!hasKeys(memory)) return 'exhausted'
  return sale === null ? 'ready' : 'busy'
}

const idleWords: Readonly<Record<DeviceState, string>> = {
  ready: 'Ready',
  busy: '',
  tampered: 'Opened. Keys erased. Out of service',
  no_keys: 'No keys. Out of service',
  exhausted: 'Keys used up. Out of service',
}

/** The words on the display; of what is keyed, only how many digits there are. */
export function displayOf(device: Device): string {
  const { sale, shown } = device
  if (sale !== null) return prompt(sale)
  const state = stateOf(device)
  return state === 'ready' && shown !== '' ? shown : idleWords[state]
}

export function step(device: Device, input: Input, given: Given): Step {
  const before = stateOf(device)
  const next = act(device, input, given)
  const after = stateOf(next.device)
  return before === after ? next : told(next, { event: 'state', state: after })
}

function act(device: Device, input: Input, given: Given): Step {
  switch (input.kind) {
    case 'request':
      return asked(device, input.request, given)
    case 'link_lost':
      return ended(device, 'cancelled')
    case 'key':
      return entered(device, given, (sale) => keyed(sale, input.key))
    case 'stripe':
      return entered(device, given, (sale) => swiped(sale, input.character))
    case 'inserted':
      return entered(device, given, (sale) => inserted(sale, given))
    case 'chip':
      return entered(device, given, (sale) => chipAnswered(sale, input))
    case 'load_key':
      return keysLoaded(device, input.block)
    case 'tamper':
      return opened(device)
    case 'tick':
      return device.sale !== null && given.nowMs >= device.sale.deadlineMs
        ? ended(device, 'timeout')
        : { device, outputs: [] }
  }
}

const told = ({ device, outputs }: Step, frame: LinkAnswer | LinkEvent): Step => ({
  device,
  outputs: [...outputs, { kind: 'send', frame }],
})

const answered = (device: Device, frame: LinkAnswer): Step => told({ device, outputs: [] }, frame)

function asked(device: Device, request: LinkRequest, given: Given): Step {
  const { id } = request
  const no = (error: LinkError) => answered(device, { id, ok: false, error })
  const state = stateOf(device)
  switch (request.command) {
    case 'hello':
    case 'status':
      return answered(device, { id, ok: true, status: statusOf(device) })
    case 'cancel':
      if (device.sale === null) return no('nothing_to_cancel')
      return told(ended(device, 'cancelled'), { id, ok: true })
    case 'show':
      if (state !== 'ready') return no(state)
      return answered({ ...device, shown: request.text }, { id, ok: true })
    case 'sale':
      return saleAsked(device, request, given)
  }
}

const REMEMBERED = 64

function saleAsked(
  device: Device,
  request: Extract<LinkRequest, { command: 'sale' }>,
  given: Given,
): Step {
  const { id, context } = request
  const no = (error: LinkError) => answered(device, { id, ok: false, error })
  // The same request once more, by a line that doubles: its answer is still to come.
  if (device.sale?.id === id && device.sale.context.sale === context.sale)
    return { device, outputs: [] }
  // A card at the other end of a telephone line can only be keyed.
  if (context.channel === 'moto' && !request.entry.includes('keyed')) return no('request_malformed')
  const state = stateOf(device)
  if (state !== 'ready') return no(state)
  if (device.asked.includes(context.sale)) return no('repeated')
  const sale = startSale(request, given)
  const asked = [...device.asked, context.sale].slice(-REMEMBERED)
  return told({ device: { ...device, sale, asked }, outputs: [] }, promptOf(sale))
}

const promptOf = (sale: Sale) => ({ event: 'prompt', text: prompt(sale, 'link') }) as const

function statusOf(device: Device) {
  const { memory } = device
  const { keys } = memory
  const ksn = keys === null || !hasKeys(memory) ? null : ksnOf(keys)
  const state = stateOf(device)
  return {
    device: memory.device,
    suite: 'aes-dukpt',
    ksn_next: ksn,
    state,
    firmware: FIRMWARE,
  } as const
}

const ksnOf = ({ initialKeyId, counter }: NonNullable<KeyMemory['keys']>): string =>
  Buffer.from(initialKeyId).toString('hex').toUpperCase() +
  counter.toString(16).toUpperCase().padStart(8, '0')

/** The sale is over without a message: what was entered is wiped. */
function ended(device: Device, error: LinkError): Step {
  const { sale } = device
  if (sale === null) return { device, outputs: [] }
  wipe(sale.entry)
  return answered({ ...device, sale: null, shown: '' }, { id: sale.id, ok: false, error })
}

/** A key or a character of a stripe. Outside a sale it does nothing, so nothing is listened to. */
function entered(device: Device, given: Given, work: (sale: Sale) => Advance): Step {
  if (device.sale === null) return { device, outputs: [] }
  const before = promptOf(device.sale)
  const advance = work(device.sale)
  if (advance.kind === 'ended') return ended({ ...device, sale: advance.sale }, advance.error)
  if (advance.kind === 'whole') return sealed(device, advance, given)
  const { sale } = advance
  const outputs = advance.apdu === undefined ? [] : [apduFor(advance.apdu)]
  const next = { device: { ...device, sale }, outputs }
  return promptOf(sale).text === before.text ? next : told(next, promptOf(sale))
}

/** To the card in the slot. No command of a payment carries a number or a PIN. */
const apduFor = (apdu: Uint8Array): Output => ({
  kind: 'panel',
  said: `apdu ${Buffer.from(apdu).toString('hex')}`,
})

/** Everything was entered: encrypted at once, the counter kept, and only then sent. */
function sealed(
  device: Device,
  { sale, how }: { readonly sale: Sale & { readonly entry: Entry }; readonly how: EntryKind },
  { random }: Given,
): Step {
  const { memory } = device
  const { keys } = memory
  if (keys === null) throw new Error('a sale is entered only with keys')
  const context = { ...sale.context, entry: how }
  const { entry, chipValues: chip } = sale
  const made = sealEntry({ device: memory.device, keys, entry, chip, context, random })
  const kept = { ...memory, keys: made.keys }
  return {
    device: { ...device, memory: kept, sale: null, shown: 'Thank you' },
    outputs: [
      { kind: 'keep', memory: kept },
      { kind: 'send', frame: { id: sale.id, ok: true, message: made.message } },
    ],
  }
}

/** The case was opened: every key is gone before anything else happens, and stays gone. */
function opened(device: Device): Step {
  const { outputs } = ended(device, 'tampered')
  const memory = erased(device.memory)
  return {
    device: { ...device, memory, sale: null, shown: '' },
    outputs: [{ kind: 'erase', memory }, ...outputs, { kind: 'panel', said: 'tampered' }],
  }
}

function keysLoaded(device: Device, block: string): Step {
  const said = (words: string): Step => ({ device, outputs: [{ kind: 'panel', said: words }] })
  if (device.memory.isTampered) return said('tampered')
  if (device.sale !== null) return said('busy')
  const loaded = loadKey(device.memory, block)
  if (loaded.kind === 'refused') return said(loaded.because)
  const { memory } = loaded
  return {
    device: { ...device, memory, sale: null, shown: '' },
    outputs: [
      { kind: 'keep', memory },
      { kind: 'panel', said: 'loaded' },
    ],
  }
}
