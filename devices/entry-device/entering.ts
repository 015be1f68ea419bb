/**
 * What is asked for in a sale, in which order, and what a key does: pure but for the digits, which
 * are written into the entry's own bytes and wiped there.
 *
 *   keyed: number → expiry → security code → (PIN)      swiped: stripe → (PIN)
 *   inserted: the chip's answers → (PIN)
 */
import type { EntryContext, EntryKind, LinkError, LinkRequest } from '@warifu/protocol/entry-device'
import { formatMoney } from '@warifu/protocol/money'
import type { ChipValues } from './card-data.ts'
import { answerChip, beginChip, type Chip, type Turn, takeNumber } from './chip.ts'
import { isCardNumber, isDigit, isExpiry } from './digits.ts'
import { blankEntry, cleared, type Entry, type Field, room, typed, view } from './entry-memory.ts'
import {
  isStripeCharacter,
  isStripeEnded,
  isStripeWhole,
  readStripe,
  STRIPE_START,
} from './stripe.ts'

/** Digits as their ASCII code; the others are the keys of ISO 9564 keypads. */
export type Key = number | 'accept' | 'clear' | 'cancel'
export type Given = {
  readonly nowMs: number
  readonly random: (length: number) => Uint8Array
}

type StepName = 'card' | 'expiry' | 'code' | 'pin'
export type Sale = {
  readonly id: number
  readonly context: Omit<EntryContext, 'entry'>
  readonly ways: readonly EntryKind[]
  readonly wantsPin: boolean
  readonly step: StepName
  readonly how: EntryKind
  readonly entry: Entry
  /** The kernel that waits for a chip's answer. */
  readonly chip: Chip | null
  /** What the chip told, views into the entry. */
  readonly chipValues: ChipValues | undefined
  /** What went wrong with the last try, for the display. */
  readonly complaint: string
  readonly triesLeft: number
  readonly deadlineMs: number
}

export type Advance =
  | { readonly kind: 'going'; readonly sale: Sale; readonly apdu?: Uint8Array }
  | { readonly kind: 'whole'; readonly sale: Sale; readonly how: EntryKind }
  | { readonly kind: 'ended'; readonly sale: Sale; readonly error: LinkError }

const TRIES = 3
const TIMEOUT_S = 120

type Rule = {
  readonly field: Exclude<Field, 'stripe'>
  readonly words: string
  readonly isGood: (digits: Uint8Array) => boolean
  readonly wrong: string
}
const between = (least: number, most: number) => (digits: Uint8Array) =>
  digits.length >= least && digits.length <= most

// biome-ignore format: a table
const rules: Readonly<Record<StepName, Rule>> = {
  card:   { field: 'pan',    words: 'Card number', isGood: isCardNumber, wrong: 'Wrong number' },
  expiry: { field: 'expiry', words: 'Expiry MMYY', isGood: isExpiry, wrong: 'Wrong date' },
  code:   { field: 'code',   words: 'Code, or ENTER', isGood: isCode, wrong: 'Wrong code' },
  pin:    { field: 'pin',    words: 'PIN', isGood: between(4, 12), wrong: 'Too short' },
}

function isCode({ length }: Uint8Array): boolean {
  return length === 0 || length === 3 || length === 4
}

export function startSale(
  request: Extract<LinkRequest, { command: 'sale' }>,
  { nowMs }: Given,
): Sale {
  const { id, context, entry, pin, timeout_s = TIMEOUT_S } = request
  const isByPhone = context.channel === 'moto'
  const ways = isByPhone ? entry.filter((way) => way === 'keyed') : entry
  return {
    id,
    context,
    ways,
    // The card and its owner are elsewhere: nothing to swipe, and no PIN is ever told.
    wantsPin: pin && !isByPhone,
    step: 'card',
    how: ways.includes('keyed') ? 'keyed' : 'swiped',
    entry: blankEntry(),
    chip: null,
    chipValues: undefined,
    complaint: '',
    triesLeft: TRIES,
    deadlineMs: nowMs + timeout_s * 1000,
  }
}

/** What the display asks for. Only the display shows how many digits were keyed; never the link. */
export function prompt(sale: Sale, where: 'display' | 'link' = 'display'): string {
  const { step, context, complaint, entry } = sale
  const { amount, currency } = context
  const money = amount === null || currency === null ? '' : formatMoney({ amount, currency }, 'en')
  const channel = context.channel === 'moto' ? 'Phone order' : ''
  const words = step === 'card' ? cardWords(sale) : rules[step].words
  const stars = where === 'display' ? '*'.repeat(entry.lengths[rules[step].field]) : ''
  return [complaint, channel, money, words, stars].filter((part) => part !== '').join('  ')
}

function cardWords({ ways }: Sale): string {
  const words: Readonly<Record<EntryKind, string>> = {
    keyed: 'Card number',
    swiped: 'swipe',
    inserted: 'insert',
  }
  const [first = '', ...others] = ways.map((way) => words[way])
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others].join(' or ')
}

export function keyed(sale: Sale, key: Key): Advance {
  const { field } = rules[sale.step]
  if (key === 'cancel') return { kind: 'ended', sale, error: 'cancelled' }
  if (sale.step === 'card' && !sale.ways.includes('keyed')) return { kind: 'going', sale }
  if (key === 'clear')
    return { kind: 'going', sale: { ...sale, complaint: '', entry: cleared(sale.entry, field) } }
  if (key === 'accept') return accepted(sale)
  if (!isDigit(key) || sale.entry.lengths[field] === room(field)) return { kind: 'going', sale }
  const isCard = sale.step === 'card'
  const entry = typed(isCard ? cleared(sale.entry, 'stripe') : sale.entry, field, key)
  return {
    kind: 'going',
    sale: { ...sale, how: isCard ? 'keyed' : sale.how, complaint: '', entry },
  }
}

/** ENTER: what stands in the field is judged; then the next step, or the end. */
function accepted(sale: Sale): Advance {
  const { field, isGood, wrong } = rules[sale.step]
  if (!isGood(view(sale.entry, field))) return failed(sale, field, wrong)
  return followed(sale, { card: 'expiry', expiry: 'code', code: 'pin', pin: undefined } as const)
}

function followed(sale: Sale, order: Readonly<Record<StepName, StepName | undefined>>): Advance {
  const next = order[sale.step]
  if (next === undefined || (next === 'pin' && !sale.wantsPin))
    return { kind: 'whole', sale, how: sale.how }
  return { kind: 'going', sale: { ...sale, step: next, complaint: '', triesLeft: TRIES } }
}

/** The field is emptied and asked for again, a few times. */
function failed(sale: Sale, field: Field, complaint: string): Advance {
  const triesLeft = sale.triesLeft - 1
  const next = { ...sale, triesLeft, complaint, entry: cleared(sale.entry, field) }
  return triesLeft === 0
    ? { kind: 'ended', sale: next, error: 'card_unreadable' }
    : { kind: 'going', sale: next }
}

/** One character from the head; the last one of a stripe decides whether it was read. */
export function swiped(sale: Sale, character: number): Advance {
  const isWanted = sale.step === 'card' && sale.ways.includes('swiped')
  if (!isWanted || !isStripeCharacter(character)) return { kind: 'going', sale }
  const isFirst = character === STRIPE_START && !isStripeEnded(sale.entry)
  const before = isFirst ? cleared(sale.entry, 'stripe') : sale.entry
  const entry = typed(cleared(before, 'pan'), 'stripe', character)
  const isFull = entry.lengths.stripe === room('stripe')
  if (!isStripeWhole(entry) && !isFull) return { kind: 'going', sale: { ...sale, entry } }
  const read = readStripe(entry)
  if (read === undefined) return failed({ ...sale, entry }, 'stripe', 'Swipe again')
  return followed(
    { ...sale, how: 'swiped', entry: read },
    { card: 'pin', expiry: undefined, code: undefined, pin: undefined },
  )
}

/** A chip card was put in: the kernel's first command, or nothing where none is wanted. */
export function inserted(sale: Sale, given: Given): Advance {
  if (sale.step !== 'card' || !sale.ways.includes('inserted')) return { kind: 'going', sale }
  const entry = cleared(cleared(cleared(sale.entry, 'pan'), 'stripe'), 'chip')
  return turned({ ...sale, entry }, beginChip(sale.context, given))
}

/** One byte of the chip's answer; the last one gives the kernel its turn. */
export function chipAnswered(
  sale: Sale,
  { byte, isLast }: { readonly byte: number; readonly isLast: boolean },
): Advance {
  if (sale.chip === null) return { kind: 'going', sale }
  const next = { ...sale, entry: typed(sale.entry, 'chip', byte) }
  return isLast ? turned(next, answerChip(sale.chip, next.entry)) : { kind: 'going', sale: next }
}

function turned(sale: Sale, turn: Turn): Advance {
  if (turn.kind === 'asks')
    return { kind: 'going', sale: { ...sale, chip: turn.chip }, apdu: turn.apdu }
  const { outcome } = turn
  const over = { ...sale, chip: null }
  if (outcome.kind === 'declined') return { kind: 'ended', sale: over, error: 'card_refused' }
  const entry = outcome.kind === 'online' ? takeNumber(sale.entry, outcome) : undefined
  if (outcome.kind !== 'online' || entry === undefined) return failed(over, 'chip', 'Insert again')
  return followed(
    { ...over, how: 'inserted', entry, chipValues: outcome.values },
    { card: 'pin', expiry: undefined, code: undefined, pin: undefined },
  )
}
