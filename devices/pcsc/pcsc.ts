/**
 * Cards in real readers: PC/SC, by way of npm's `smartcard` and the machine's pcscd (winscard on
 * Windows, PCSC on a Mac). Any reader that the machine knows, any card in it.
 *
 * The package is a binding that has to be compiled once (docs/sim.md). It is loaded here and only
 * when a card is asked for, so that a machine without PC/SC misses nothing else.
 */
import type { CardSlot } from '@warifu/devices/card-slot'
import { tpduOf } from './tpdu.ts'

export class PcscError extends Error {
  override readonly name = 'PcscError'
  readonly code: keyof typeof sentences
  constructor(code: keyof typeof sentences, cause?: unknown) {
    super(sentences[code], { cause })
    this.code = code
  }
}

// biome-ignore format: a table
const sentences = {
  not_built:  'The PC/SC binding is not built here: see docs/sim.md, "A real card".',
  no_service: 'No PC/SC service answers: is pcscd running?',
  no_reader:  'No card reader is there.',
  no_card:    'No card is in the reader.',
  in_use:     'Another program uses the card.',
  card_gone:  'The card was drawn out or reset.',
  card_mute:  'The card does not answer: put it in again.',
  fault:      'The reader reports a fault.',
} as const

/** What the binding says, and which of ours that is; it has no codes for all of them. */
// biome-ignore format: a table
const words: readonly (readonly [RegExp, keyof typeof sentences])[] = [
  [/service (?:not running|stopped)/i,               'no_service'],
  [/no readers? available|unknown reader|reader unavailable/i, 'no_reader'],
  [/no smart card/i,                                 'no_card'],
  [/sharing violation/i,                             'in_use'],
  [/removed|was reset|unpowered|not connected/i,     'card_gone'],
  // What a reader says in the moment in which its card is drawn.
  [/transaction failed|communication error/i,        'card_gone'],
  [/unresponsive|not supported/i,                    'card_mute'],
]

function told(cause: unknown): PcscError {
  const message = cause instanceof Error ? cause.message : ''
  return new PcscError(words.find(([like]) => like.test(message))?.[1] ?? 'fault', cause)
}

type Binding = typeof import('smartcard')

async function load(): Promise<Binding> {
  try {
    return await import('smartcard')
  } catch (cause) {
    throw new PcscError('not_built', cause)
  }
}

/** Ours where it is the binding's. */
function tell(cause: unknown): never {
  throw cause instanceof PcscError ? cause : told(cause)
}

type Service = InstanceType<Binding['Context']>

/** A connection to the service for `work`, which is let go of where `work` fails. */
async function withService<T>(work: (service: Service, binding: Binding) => Promise<T>) {
  const binding = await load()
  let service: Service | undefined
  try {
    service = new binding.Context()
    return await work(service, binding)
  } catch (cause) {
    service?.close()
    return tell(cause)
  }
}

/** The readers there are, with or without a card. */
export const readerNames = (): Promise<string[]> =>
  withService(async (service) => {
    const names = service.listReaders().map(({ name }) => name)
    service.close()
    return names
  })

export type Wanted = {
  /** Part of the reader's name; without it the first reader with a card is taken. */
  readonly reader?: string
  /** How long to wait for a card to be put in; not at all without it. */
  readonly waitMs?: number
}

/** The card in a reader, for this program alone until it is closed. */
export const pcscSlot = ({ reader = '', waitMs = 0 }: Wanted = {}): Promise<CardSlot> =>
  withService(async (service, binding) => {
    const { SCARD_STATE_PRESENT: present } = binding
    await untilPresent(service, { reader, waitMs, present })
    const found = readerWithCard(service, reader, present)
    const protocols = binding.SCARD_PROTOCOL_T0 | binding.SCARD_PROTOCOL_T1
    const card = await found.connect(binding.SCARD_SHARE_EXCLUSIVE, protocols)
    const { atr } = card
    if (atr === null) throw new PcscError('card_gone')
    const isT0 = card.protocol === binding.SCARD_PROTOCOL_T0
    const transmit = async (apdu: Uint8Array) => {
      const sent = Buffer.from(isT0 ? tpduOf(apdu) : apdu)
      return Uint8Array.from(await card.transmit(sent).catch(tell))
    }
    const close = async () => {
      // Reset: what this program proved to the card is not left to the next one.
      if (card.connected) card.disconnect(binding.SCARD_RESET_CARD)
      service.close()
    }
    return { name: found.name, atr: Uint8Array.from(atr), transmit, close }
  })

const named = (service: Service, part: string) =>
  service.listReaders().filter(({ name }) => name.includes(part))

function readerWithCard(service: Service, part: string, present: number) {
  const readers = named(service, part)
  const found = readers.find(({ state }) => (state & present) !== 0)
  if (found === undefined) throw new PcscError(readers.length === 0 ? 'no_reader' : 'no_card')
  return found
}

type Waiting = { readonly reader: string; readonly waitMs: number; readonly present: number }

/** The service itself waits; what changes without a card coming is waited out again. */
async function untilPresent(service: Service, { reader, waitMs, present }: Waiting) {
  let readers = named(service, reader)
  while (waitMs > 0 && readers.length > 0 && readers.every(({ state }) => !(state & present))) {
    const changed = await service.waitForChange(readers, waitMs)
    if (changed === null || changed.length === 0) return
    readers = named(service, reader)
  }
}
