/**
 * SIMULATOR of a card reader on a cardholder's phone (JP 2002-259866): slots for chip and stripe,
 * keypad, display, a cable. It stands for hardware: no case, no sensors, no certificate.
 *
 * A state machine as the entry device's: (reader, input) → { reader, outputs }, outputs in their
 * order. What it was sent for a sale it forgets with the sale, however that ends.
 */
import { type Input as DeviceInput, erased, hasKeys, loadKey } from '@warifu/devices/entry-device'
import type {
  CableError,
  CableEvent,
  CableRequest,
  ReaderState,
  SaleEnd,
} from '@warifu/protocol/reader'
import { isPaired, newPairCode, pairWith } from './pairing.ts'
import { proveTo } from './sealing.ts'
import { askPin, cardInput, forgotten, isLate, keyPressed, offered } from './selling.ts'
import { displayOf, type Given, type Memory, type Reader, type Step } from './state.ts'

export type Input =
  | DeviceInput
  /** A page is at the other end of the cable; of this origin. */
  | { readonly kind: 'plugged'; readonly origin: string }
  | { readonly kind: 'cable'; readonly request: CableRequest }
  | { readonly kind: 'unplugged' }

export type { Given, Output, Reader, Step } from './state.ts'
export { displayOf } from './state.ts'

export const FIRMWARE = 'warifu-reader-simulator 1'

export const startReader = (memory: Memory, settings: Reader['settings']): Reader => ({
  memory,
  settings,
  session: null,
  pairCode: null,
  sale: null,
  shown: '',
  read: [],
})

export function stateOf({ memory, sale }: Reader): ReaderState {
  if (memory.isTampered) return 'tampered'
  if (memory.keys === null) return 'no_keys'
  if (!hasKeys(memory)) return 'exhausted'
  return sale === null ? 'ready' : 'busy'
}

export function step(reader: Reader, input: Input, given: Given): Step {
  const [stateBefore, shownBefore] = [stateOf(reader), displayOf(reader, 'cable')]
  const next = act(reader, input, given)
  const outputs = [...next.outputs]
  const say = (frame: CableEvent) => outputs.push({ kind: 'send', frame })
  if (next.reader.session?.isPaired === true) {
    const text = displayOf(next.reader, 'cable')
    if (text !== shownBefore) say({ tell: 'display', text })
    const state = stateOf(next.reader)
    if (state !== stateBefore) say({ tell: 'state', state })
  }
  return { reader: next.reader, outputs }
}

const still = (reader: Reader): Step => ({ reader, outputs: [] })
export const told = ({ reader, outputs }: Step, frame: CableEvent): Step => ({
  reader,
  outputs: [...outputs, { kind: 'send', frame }],
})
const refusing = (reader: Reader, error: CableError): Step =>
  told(still(reader), { tell: 'refused', error })

function act(reader: Reader, input: Input, given: Given): Step {
  switch (input.kind) {
    case 'plugged':
      return still({ ...reader, session: { origin: input.origin, isPaired: false } })
    case 'unplugged':
      return { ...forgotten({ ...reader, session: null, pairCode: null }, '') }
    case 'cable':
      return heard(reader, input.request, given)
    case 'key':
      return keyPressed(reader, input.key, given)
    case 'stripe':
    case 'inserted':
    case 'chip':
      return cardInput(reader, input, given)
    case 'load_key':
      return keysLoaded(reader, input.block)
    case 'tamper':
      return opened(reader)
    case 'tick':
      return isLate(reader, given.nowMs) ? over(reader, 'timeout') : still(reader)
    case 'request':
    case 'link_lost':
      return still(reader)
  }
}

/** A sale that ends here, and not by the wallet's word. */
export const over = (reader: Reader, error: CableError): Step =>
  told(forgotten(reader, endWords.declined), { tell: 'refused', error })

function heard(reader: Reader, request: CableRequest, given: Given): Step {
  const { session } = reader
  if (session === null) return still(reader)
  if (request.say === 'pair') return pairAsked(reader, given)
  if (request.say === 'pair_code') return pairTyped(reader, request.code, given)
  if (request.say === 'hello') return greeted(reader, request.token)
  if (!session.isPaired) return refusing(reader, 'not_paired')
  const state = stateOf(reader)
  if (state !== 'ready' && state !== 'busy') return refusing(reader, state)
  switch (request.say) {
    case 'prove':
      return state === 'busy' ? refusing(reader, 'busy') : proved(reader, request.terminal)
    case 'offer':
      return offered(reader, request.offer, given)
    case 'enter_pin':
      return askPin(reader, request)
    case 'end':
      return ended(reader, request)
  }
}

// ── pairing ──────────────────────────────────────────────────────────────────────────────────

function pairAsked(reader: Reader, { random }: Given): Step {
  if (reader.sale !== null) return refusing(reader, 'busy')
  return told(still({ ...reader, pairCode: newPairCode(random) }), { tell: 'pair_shown' })
}

function pairTyped(reader: Reader, digits: string, { random }: Given): Step {
  const { pairCode, session, settings } = reader
  if (pairCode === null || session === null) return refusing(reader, 'not_paired')
  const result = pairWith(pairCode, { digits, origin: session.origin, random })
  if (result.kind === 'wrong')
    return refusing({ ...reader, pairCode: result.code }, 'pair_code_wrong')
  const next = { ...settings, pairing: result.pairing }
  const paired = {
    ...reader,
    settings: next,
    pairCode: null,
    session: { ...session, isPaired: true },
  }
  const kept: Step = { reader: paired, outputs: [{ kind: 'pair', settings: next }] }
  return told(told(kept, { tell: 'paired', token: result.token }), helloOf(paired))
}

function greeted(reader: Reader, token: string): Step {
  const { session, settings } = reader
  const isKnown = session !== null && isPaired(settings.pairing, { token, origin: session.origin })
  if (session === null || !isKnown) return refusing(reader, 'not_paired')
  const open = { ...reader, session: { ...session, isPaired: true } }
  return told(still(open), helloOf(open))
}

const helloOf = (reader: Reader) =>
  ({
    tell: 'hello',
    reader: reader.memory.device,
    state: stateOf(reader),
    firmware: FIRMWARE,
  }) as const

function proved(reader: Reader, terminal: `trm_${string}`): Step {
  const { memory } = reader
  if (memory.keys === null) return refusing(reader, 'no_keys')
  const { proof, keys } = proveTo(terminal, { keys: memory.keys, reader: memory.device })
  const kept = { ...memory, keys }
  const next: Step = {
    reader: { ...reader, memory: kept },
    outputs: [{ kind: 'keep', memory: kept }],
  }
  return told(next, { tell: 'proof', proof })
}

// ── the end ──────────────────────────────────────────────────────────────────────────────────

const endWords: Readonly<Record<SaleEnd, string>> = {
  approved: 'Approved. Remove card',
  declined: 'Not paid. Remove card',
  cancelled: 'Cancelled. Remove card',
  expired: 'Too late. Remove card',
}

function ended(
  reader: Reader,
  { sale, end }: { readonly sale: string; readonly end: SaleEnd },
): Step {
  if (reader.sale?.taken.offer.sale !== sale) return refusing(reader, 'no_sale')
  return told(forgotten(reader, endWords[end]), {
    tell: 'ended',
    sale: reader.sale.taken.offer.sale,
  })
}

/** The case was opened: every key is gone before anything else happens, and stays gone. */
function opened(reader: Reader): Step {
  const { reader: empty, outputs } = forgotten(reader, '')
  const memory = erased(empty.memory)
  return {
    reader: { ...empty, memory },
    outputs: [{ kind: 'erase', memory }, ...outputs, { kind: 'panel', said: 'tampered' }],
  }
}

function keysLoaded(reader: Reader, block: string): Step {
  const said = (words: string): Step => ({
    reader,
    outputs: [{ kind: 'panel', said: words }],
  })
  if (reader.memory.isTampered) return said('tampered')
  if (reader.sale !== null) return said('busy')
  const loaded = loadKey(reader.memory, block)
  if (loaded.kind === 'refused') return said(loaded.because)
  const { memory } = loaded
  return {
    reader: { ...reader, memory },
    outputs: [
      { kind: 'keep', memory },
      { kind: 'panel', said: 'loaded' },
    ],
  }
}
