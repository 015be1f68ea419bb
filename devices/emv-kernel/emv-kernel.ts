/**
 * What a reader does with a payment chip (EMV Book 1 §12, Book 3 §10; Book 4 §6.3): choose the
 * application, begin, read its records, ask for a cryptogram that goes to the issuer.
 *
 * A generator without any I/O: it yields command APDUs and is sent the chip's answers, so the same
 * kernel drives the simulated card and a real reader. Every payment goes online; the PIN is online
 * too (the entry device's own), so the chip's list of verification methods is not walked.
 */
import { decode, decodeMap, encode, find, TlvError } from '@warifu/crypto/ber-tlv'
import { DolError, emvFormat, fillDol, parseDol } from '@warifu/crypto/dol'

export type Terminal = {
  /** ISO 3166-1 numeric, as four digits: "0392". */
  readonly country: string
  /** Terminal capabilities (9F33), 3 bytes. */
  readonly capabilities: Uint8Array
  /** Applications that this terminal knows; also names by which those of one scheme begin. */
  readonly aids: readonly Uint8Array[]
}

export type Transaction = {
  readonly amountMinor: number
  /** ISO 4217 numeric, as four digits: "0410". */
  readonly currency: string
  /** YYMMDD. */
  readonly date: string
  /** 4 bytes, new for each transaction. */
  readonly unpredictableNumber: Uint8Array
}

export type Outcome =
  /** Goes to the issuer: what the chip told and what the terminal told the chip, by tag. */
  | { readonly kind: 'online'; readonly values: ReadonlyMap<number, Uint8Array> }
  /** The chip itself refused. */
  | { readonly kind: 'declined' }
  | { readonly kind: 'no_application' }
  /** The chip said what no chip should say; `at` names the step. */
  | { readonly kind: 'card_error'; readonly at: Step }
export type Step = 'selection' | 'options' | 'records' | 'cryptogram'

export type Kernel = Generator<Uint8Array, Outcome, Uint8Array>

/** The kernel; drive it with `transact`, or step by step where the chip answers later. */
export function* payByChip(terminal: Terminal, transaction: Transaction): Kernel {
  let at: Step = 'selection'
  try {
    const application = yield* chooseApplication(terminal)
    if (application === undefined) return { kind: 'no_application' }
    const values = told(terminal, transaction)
    at = 'options'
    const locator = yield* begin(application, values)
    at = 'records'
    yield* readRecords(locator, values)
    at = 'cryptogram'
    return yield* askCryptogram(values)
  } catch (error) {
    const isChips =
      error instanceof ChipFault || error instanceof TlvError || error instanceof DolError
    if (isChips) return { kind: 'card_error', at }
    throw error
  }
}

/** Runs a kernel against a chip that answers at once. */
export function transact(kernel: Kernel, chip: (apdu: Uint8Array) => Uint8Array): Outcome {
  let step = kernel.next()
  while (step.done !== true) step = kernel.next(chip(step.value))
  return step.value
}

class ChipFault extends Error {
  override readonly name = 'ChipFault'
}

type Exchange<T> = Generator<Uint8Array, T, Uint8Array>
type Values = Map<number, Uint8Array>
type Answer = { readonly word: number; readonly data: Uint8Array }

const OK = 0x9000
const bytes = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'))

// ─── Choosing (EMV Book 1 §12.3) ─────────────────────────────────────────────────────────────

const PSE = Buffer.from('1PAY.SYS.DDF01', 'latin1')

/** What the chosen application says of itself; undefined where none is known to both sides. */
function* chooseApplication({ aids }: Terminal): Exchange<Uint8Array | undefined> {
  const listed = yield* listedApplications()
  const known = (aid: Uint8Array) =>
    aids.some((name) => Buffer.compare(aid.subarray(0, name.length), name) === 0)
  const candidates = listed === undefined ? [...aids] : listed.filter(known)
  for (const aid of candidates) {
    const { word, data } = yield* exchange(0x00, 0xa4, [0x04, 0x00], aid)
    if (word === OK) return data
  }
  return undefined
}

/** The directory's applications, the most wanted first; undefined where there is no directory. */
function* listedApplications(): Exchange<Uint8Array[] | undefined> {
  const environment = yield* exchange(0x00, 0xa4, [0x04, 0x00], PSE)
  if (environment.word !== OK) return undefined
  const sfi = find(environment.data, 0x88)?.[0] ?? 0
  if (sfi < 1 || sfi > 10) throw new ChipFault('no directory where one was announced')
  const found: { aid: Uint8Array; priority: number }[] = []
  for (let record = 1; record <= 16; record += 1) {
    const { word, data } = yield* exchange(0x00, 0xb2, [record, (sfi << 3) | 4])
    if (word === 0x6a83) break
    if (word !== OK) throw new ChipFault('a directory that cannot be read')
    for (const entry of inTemplate(data, 0x70)) {
      if (entry.tag !== 0x61) continue
      const facts = decodeMap(entry.value)
      const aid = facts.get(0x4f)
      // Without a priority it comes last (§12.4).
      const priority = (facts.get(0x87)?.[0] ?? 0) & 0x0f || 16
      if (aid !== undefined) found.push({ aid, priority })
    }
  }
  return found.sort((a, b) => a.priority - b.priority).map(({ aid }) => aid)
}

// ─── Beginning and reading (EMV Book 3 §10.1, §10.2) ───────────────────────────────────────────

/** No offline data authentication was done; nothing else is known yet (Annex C5). */
const NOT_AUTHENTICATED = '8000000000'
const PURCHASE = '00'

function told(terminal: Terminal, transaction: Transaction): Values {
  const { amountMinor, currency, date, unpredictableNumber } = transaction
  return new Map([
    [0x9f02, bytes(String(amountMinor).padStart(12, '0'))],
    [0x9f03, bytes('000000000000')],
    [0x9f1a, bytes(terminal.country)],
    [0x9f33, terminal.capabilities],
    [0x95, bytes(NOT_AUTHENTICATED)],
    [0x5f2a, bytes(currency)],
    [0x9a, bytes(date)],
    [0x9c, bytes(PURCHASE)],
    [0x9f37, unpredictableNumber],
  ])
}

function* begin(application: Uint8Array, values: Values): Exchange<Uint8Array> {
  const wanted = find(application, 0x9f38)
  const filled = wanted === undefined ? new Uint8Array(0) : listFor(wanted, values)
  const data = encode([{ tag: 0x83, value: filled }])
  const reply = yield* exchange(0x80, 0xa8, [0, 0], data)
  if (reply.word !== OK) throw new ChipFault('no processing options')
  const [object] = decode(reply.data)
  const isFlat = object?.tag === 0x80 && object.value.length >= 6
  const facts = isFlat
    ? new Map([
        [0x82, object.value.subarray(0, 2)],
        [0x94, object.value.subarray(2)],
      ])
    : new Map(inTemplate(reply.data, 0x77).map(({ tag, value }) => [tag, value] as const))
  const [profile, locator] = [facts.get(0x82), facts.get(0x94)]
  if (profile?.length !== 2 || locator === undefined || locator.length % 4 !== 0)
    throw new ChipFault('no profile or no file locator')
  values.set(0x82, profile)
  return locator
}

/** What a chip must tell (Book 3 §7.2), and where the terminal must not be overruled. */
const REQUIRED = [0x5a, 0x5f24, 0x8c]

function* readRecords(locator: Uint8Array, values: Values): Exchange<void> {
  const own = new Set(values.keys())
  for (let at = 0; at < locator.length; at += 4) {
    const [file = 0, first = 0, last = 0] = locator.subarray(at, at + 3)
    if (file >> 3 < 1 || file >> 3 > 30 || first === 0 || last < first)
      throw new ChipFault('a file locator that points nowhere')
    for (let record = first; record <= last; record += 1) {
      const { word, data } = yield* exchange(0x00, 0xb2, [record, (file & 0xf8) | 4])
      if (word !== OK) throw new ChipFault('a record that cannot be read')
      for (const { tag, value } of inTemplate(data, 0x70)) {
        if (values.has(tag) || own.has(tag)) throw new ChipFault('one object twice')
        values.set(tag, value)
      }
    }
  }
  if (REQUIRED.some((tag) => !values.has(tag))) throw new ChipFault('a required object is missing')
  noteExpiry(values)
}

/** An expired card goes online all the same, and the issuer is told (§10.4, Annex C5). */
function noteExpiry(values: Values): void {
  const [expiry, today, results] = [values.get(0x5f24), values.get(0x9a), values.get(0x95)]
  if (expiry?.length !== 3 || today === undefined || results === undefined)
    throw new ChipFault('an expiry that is no date')
  if (Buffer.compare(today, expiry) > 0) results[1] = (results[1] ?? 0) | 0x40
}

// ─── The cryptogram (EMV Book 3 §9, §10.8) ─────────────────────────────────────────────────────

const ARQC = 0x80

function* askCryptogram(values: Values): Exchange<Outcome> {
  const data = listFor(values.get(0x8c) ?? new Uint8Array(0), values)
  const reply = yield* exchange(0x80, 0xae, [ARQC, 0x00], data)
  if (reply.word !== OK) throw new ChipFault('no cryptogram')
  for (const { tag, value } of cryptogramIn(reply.data)) values.set(tag, value)
  const kind = (values.get(0x9f27)?.[0] ?? 0) & 0xc0
  const isWhole = values.get(0x9f26)?.length === 8 && values.get(0x9f36)?.length === 2
  if (!isWhole) throw new ChipFault('half a cryptogram')
  return kind === ARQC ? { kind: 'online', values } : { kind: 'declined' }
}

/** Both formats of the answer (§6.5.5.4). */
function cryptogramIn(data: Uint8Array) {
  const [object] = decode(data)
  if (object?.tag !== 0x80) return inTemplate(data, 0x77)
  const { value } = object
  return [
    { tag: 0x9f27, value: value.subarray(0, 1) },
    { tag: 0x9f36, value: value.subarray(1, 3) },
    { tag: 0x9f26, value: value.subarray(3, 11) },
    { tag: 0x9f10, value: value.subarray(11) },
  ]
}

// ─── Talking (EMV Book 1 §9.3, ISO/IEC 7816-4) ───────────────────────────────────────────────

/** One command and its answer, whatever more the chip wants to be asked at T=0. */
function* exchange(
  cla: number,
  ins: number,
  [p1, p2]: readonly [number, number],
  data?: Uint8Array,
): Exchange<Answer> {
  const head = Uint8Array.of(cla, ins, p1, p2)
  const body = data === undefined ? Uint8Array.of(0) : Uint8Array.of(data.length, ...data)
  let answer = read(yield Uint8Array.of(...head, ...body))
  if (answer.word >> 8 === 0x6c && data === undefined)
    answer = read(yield Uint8Array.of(...head, answer.word & 0xff))
  // One part is handed on as it came: a reader that must wipe it has it once.
  const parts: Uint8Array[] = answer.data.length === 0 ? [] : [answer.data]
  for (let times = 0; answer.word >> 8 === 0x61; times += 1) {
    if (times === 8) throw new ChipFault('an answer without end')
    answer = read(yield Uint8Array.of(0x00, 0xc0, 0x00, 0x00, answer.word & 0xff))
    parts.push(answer.data)
  }
  const [first = answer.data, ...more] = parts
  return { word: answer.word, data: more.length === 0 ? first : Buffer.concat(parts) }
}

function read(reply: Uint8Array): Answer {
  if (reply.length < 2) throw new ChipFault('no status word')
  const data = reply.subarray(0, -2)
  return { word: Buffer.from(reply.subarray(-2)).readUInt16BE(0), data }
}

function inTemplate(data: Uint8Array, tag: number) {
  const [template, ...rest] = decode(data)
  if (template?.tag !== tag || rest.length > 0) throw new ChipFault('not the template')
  return decode(template.value)
}

function listFor(dol: Uint8Array, values: Values): Uint8Array {
  const filled = fillDol(parseDol(dol), (tag) => values.get(tag), emvFormat)
  if (filled.length > 252) throw new ChipFault('a list longer than a command')
  return filled
}
