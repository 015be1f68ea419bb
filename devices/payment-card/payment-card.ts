/**
 * SIMULATOR: an EMV payment card as a pure reducer over APDUs, `(state, apdu) → { state, reply }`.
 *
 * It speaks the bytes of a chip (EMV 4.3 Books 1 to 3; ISO/IEC 7816-4) at the T=0 interface: a
 * command with data and no Le is answered 61xx, the data follows on GET RESPONSE. It leaves every
 * payment to its issuer: it makes an ARQC or refuses. Keys lie open in the state; a real chip's
 * never leave it.
 */

import { answer, type Command, readCommand, type Status, status } from '@warifu/crypto/apdu'
import { encode } from '@warifu/crypto/ber-tlv'
import { parseDol } from '@warifu/crypto/dol'
import {
  applicationCryptogram,
  arpcMethod1,
  deriveSessionKey,
  sessionInput,
} from '@warifu/crypto/emv-arqc'
import { decodeFormat2, PinBlockError } from '@warifu/crypto/pin-block'
import {
  AID,
  applicationInformation,
  cdol1,
  cdol2,
  environmentDirectory,
  environmentInformation,
  fileLocator,
  interchangeProfile,
  type PersonalData,
  PSE,
  pdol,
  recordsOf,
  stripeOf,
} from './personal-data.ts'

export { type PersonalData, stripeOf }

export type PaymentCard = {
  readonly data: PersonalData
  /** Application transaction counter: grows with every payment begun, ends at FFFF. */
  readonly atc: number
  readonly lastOnlineAtc: number
  readonly pinTriesLeft: number
  readonly session: Session
}

/** What power and selection reset. */
type Session = {
  readonly selected: 'nothing' | 'environment' | 'application'
  /** `begun`: processing options given; then the cryptograms of EMV Book 3, §6.5.5. */
  readonly step: 'selected' | 'begun' | 'asked' | 'over'
  readonly pin: 'unchecked' | 'right' | 'wrong'
  /** The cryptogram that the issuer's answer must fit. */
  readonly arqc: Uint8Array
  /** What GET RESPONSE will give. */
  readonly pending: Uint8Array
}

const NONE = new Uint8Array(0)
const PIN_TRIES = 3
const LAST_ATC = 0xffff

const fresh: Session = {
  selected: 'nothing',
  step: 'selected',
  pin: 'unchecked',
  arqc: NONE,
  pending: NONE,
}

export const createPaymentCard = (data: PersonalData): PaymentCard => ({
  data,
  atc: 0,
  lastOnlineAtc: 0,
  pinTriesLeft: PIN_TRIES,
  session: fresh,
})

/** T=0, "WARIFU" as historical bytes (ISO/IEC 7816-3 §8). */
export const ATR = Uint8Array.from([0x3b, 0x66, 0x00, 0x00, ...Buffer.from('WARIFU', 'latin1')])

/** A card as the sandbox keeps its plastic; of the chip, its key and its counter. */
export type Plastic = {
  readonly pan: string
  readonly pan_sequence: string
  readonly expiry: string
  readonly track2: string
  readonly chip_key: string
  readonly atc: number
}

/** The chip on it, its counter where it stood. */
export function chipOf(plastic: Plastic): PaymentCard {
  const { pan, pan_sequence: psn, expiry, track2, chip_key, atc } = plastic
  const [, serviceCode = '', stripe = ''] = /=[0-9]{4}([0-9]{3})([0-9]*)$/.exec(track2) ?? []
  const card = createPaymentCard({
    pan,
    psn,
    expiry,
    name: 'WARIFU/CARD',
    serviceCode,
    // The chip's copy of the stripe carries no value that would make a stripe (iCVV).
    discretionary: { stripe, chip: '00000000' },
    iccMasterKey: Uint8Array.from(Buffer.from(chip_key, 'hex')),
    offlinePin: undefined,
  })
  return { ...card, atc }
}

/** Power off and on again: what the chip keeps stays. */
export const reset = (card: PaymentCard): PaymentCard => ({ ...card, session: fresh })

export type Step = { readonly state: PaymentCard; readonly reply: Uint8Array }

type Done = { readonly card: PaymentCard; readonly data: Uint8Array } | Status | Refused
/** A refusal that also changes the card, or whose status word carries a number. */
type Refused = { readonly card: PaymentCard; readonly word: number }

type Instruction = {
  readonly cla: number
  readonly run: (card: PaymentCard, command: Command) => Done
}

// biome-ignore format: a table
const instructions: Readonly<Record<number, Instruction>> = {
  164: { cla: 0x00, run: select },
  178: { cla: 0x00, run: readRecord },
  32: { cla: 0x00, run: verify },
  168: { cla: 0x80, run: getProcessingOptions },
  202: { cla: 0x80, run: getData },
  174: { cla: 0x80, run: generateAc },
}
const GET_RESPONSE = 0xc0

export function paymentCard(state: PaymentCard, apdu: Uint8Array): Step {
  const command = readCommand(apdu)
  if (command === undefined) return refuse(state, status.wrong_length)
  if (command.ins === GET_RESPONSE) return getResponse(state, command)
  const card = changed(state, { pending: NONE })
  const instruction = instructions[command.ins]
  if (command.cla !== 0x00 && command.cla !== 0x80) return refuse(card, status.class_not_supported)
  if (instruction === undefined) return refuse(card, status.instruction_not_supported)
  if (instruction.cla !== command.cla) return refuse(card, status.class_not_supported)
  const done = instruction.run(card, command)
  if (typeof done === 'string') return refuse(card, status[done])
  if ('word' in done) return refuse(done.card, done.word)
  return deliver(done.card, command, done.data)
}

const refuse = (state: PaymentCard, word: number): Step => ({ state, reply: answer(word) })

/** Data at once where it was asked for; otherwise it waits for GET RESPONSE (EMV Book 1 §9.3.1). */
function deliver(card: PaymentCard, { data, le }: Command, reply: Uint8Array): Step {
  if (reply.length === 0) return { state: card, reply: answer(status.ok) }
  if (le === undefined && data.length > 0)
    return { state: changed(card, { pending: reply }), reply: answer(0x6100 + reply.length) }
  if (le !== undefined && le !== 256 && le !== reply.length)
    return refuse(card, 0x6c00 + reply.length)
  return { state: card, reply: answer(status.ok, reply) }
}

function getResponse(state: PaymentCard, { cla, p1, p2, le }: Command): Step {
  const { pending } = state.session
  if (cla !== 0x00) return refuse(state, status.class_not_supported)
  if (pending.length === 0) return refuse(state, status.conditions_not_satisfied)
  if (p1 !== 0 || p2 !== 0) return refuse(state, status.wrong_parameters)
  if (le !== 256 && le !== pending.length) return refuse(state, 0x6c00 + pending.length)
  return { state: changed(state, { pending: NONE }), reply: answer(status.ok, pending) }
}

const changed = (card: PaymentCard, session: Partial<Session>): PaymentCard => ({
  ...card,
  session: { ...card.session, ...session },
})

// ─── Selection and files (EMV Book 1 §11, Book 3 §6.5.8, §6.5.11) ──────────────────────────────

const SHORTEST_AID = 5

function select(card: PaymentCard, { p1, p2, data }: Command): Done {
  if (p1 !== 0x04 || (p2 !== 0x00 && p2 !== 0x02)) return 'wrong_parameters'
  // Each name stands for one file here, so there is never a next one.
  if (p2 === 0x02) return 'file_not_found'
  if (isEqual(data, PSE))
    return { card: selected(card, 'environment'), data: environmentInformation() }
  const isOurs = data.length >= SHORTEST_AID && isEqual(data, AID.subarray(0, data.length))
  if (!isOurs) return 'file_not_found'
  return { card: selected(card, 'application'), data: applicationInformation() }
}

const selected = (card: PaymentCard, name: Session['selected']): PaymentCard =>
  changed(card, { ...fresh, selected: name })

function readRecord(card: PaymentCard, { p1, p2, data }: Command): Done {
  if (data.length > 0) return 'wrong_length'
  if (p1 === 0 || (p2 & 0x07) !== 0x04) return 'wrong_parameters'
  const sfi = p2 >> 3
  const { selected: place, step } = card.session
  if (place === 'environment') {
    if (sfi !== 1) return 'file_not_found'
    return p1 === 1 ? { card, data: environmentDirectory() } : 'record_not_found'
  }
  if (place === 'nothing' || step === 'selected') return 'conditions_not_satisfied'
  if (sfi !== 1 && sfi !== 2) return 'file_not_found'
  const record = recordsOf(card.data).get(`${sfi}.${p1}`)
  return record === undefined ? 'record_not_found' : { card, data: record }
}

function getProcessingOptions(card: PaymentCard, { p1, p2, data }: Command): Done {
  const { selected: place, step } = card.session
  if (place !== 'application' || step !== 'selected') return 'conditions_not_satisfied'
  if (p1 !== 0 || p2 !== 0) return 'wrong_parameters'
  const [tag, length, ...values] = data
  const wanted = sizeOf(pdol)
  if (tag !== 0x83 || length !== wanted || values.length !== wanted) return 'wrong_length'
  if (card.atc >= LAST_ATC) return 'conditions_not_satisfied'
  const options = encode([
    {
      tag: 0x77,
      value: encode([
        { tag: 0x82, value: interchangeProfile },
        { tag: 0x94, value: fileLocator },
      ]),
    },
  ])
  return { card: { ...changed(card, { step: 'begun' }), atc: card.atc + 1 }, data: options }
}

function getData(card: PaymentCard, { p1, p2, data }: Command): Done {
  if (card.session.selected !== 'application') return 'conditions_not_satisfied'
  if (data.length > 0) return 'wrong_length'
  const values: Readonly<Record<number, Uint8Array>> = {
    40758: uint16(card.atc),
    40723: uint16(card.lastOnlineAtc),
    40727: Uint8Array.of(card.pinTriesLeft),
  }
  const tag = p1 * 256 + p2
  const value = values[tag]
  if (value === undefined) return 'referenced_data_not_found'
  return { card, data: encode([{ tag, value }]) }
}

// ─── PIN (EMV Book 3 §6.5.12): plaintext, format 2 ──────────────────────────────────────────────

function verify(card: PaymentCard, { p1, p2, data }: Command): Done {
  const { offlinePin } = card.data
  if (card.session.step !== 'begun') return 'conditions_not_satisfied'
  if (p1 !== 0x00 || p2 !== 0x80) return 'wrong_parameters'
  if (offlinePin === undefined) return 'referenced_data_not_found'
  if (card.pinTriesLeft === 0) return 'authentication_blocked'
  if (data.length !== 8) return 'wrong_length'
  if (pinIn(data) === offlinePin)
    return { card: { ...changed(card, { pin: 'right' }), pinTriesLeft: PIN_TRIES }, data: NONE }
  const pinTriesLeft = card.pinTriesLeft - 1
  return { card: { ...changed(card, { pin: 'wrong' }), pinTriesLeft }, word: 0x63c0 + pinTriesLeft }
}

function pinIn(block: Uint8Array): string | undefined {
  try {
    return decodeFormat2(block)
  } catch (error) {
    if (error instanceof PinBlockError) return undefined
    throw error
  }
}

// ─── Cryptograms (EMV Book 3 §6.5.5, §9.2.3, §10.8) ────────────────────────────────────────────

const AAC = 0x00
const TC = 0x40
const ARQC = 0x80

function generateAc(card: PaymentCard, { p1, p2, data }: Command): Done {
  const { step } = card.session
  if (step !== 'begun' && step !== 'asked') return 'conditions_not_satisfied'
  const isFirst = step === 'begun'
  if (p2 !== 0 || (p1 !== AAC && p1 !== TC && !(p1 === ARQC && isFirst))) return 'wrong_parameters'
  if (data.length !== sizeOf(isFirst ? cdol1 : cdol2)) return 'wrong_length'
  return isFirst ? firstCryptogram(card, p1, data) : secondCryptogram(card, p1, data)
}

/** Whoever asks for an offline yes gets a question to the issuer instead. */
function firstCryptogram(card: PaymentCard, asked: number, data: Uint8Array): Done {
  const kind = asked === AAC ? AAC : ARQC
  const made = cryptogramOf(card, kind, valuesIn(cdol1, data))
  const after = changed(card, { step: kind === ARQC ? 'asked' : 'over', arqc: made.cryptogram })
  return { card: after, data: made.reply }
}

/** The issuer's answer, if there is one, must be its own; zeros say that there is none. */
function secondCryptogram(card: PaymentCard, asked: number, data: Uint8Array): Done {
  const values = valuesIn(cdol2, data)
  const [arc = NONE, issuer = NONE] = [values.get(0x8a), values.get(0x91)]
  const hasAnswer = issuer.some((byte) => byte !== 0)
  const isTrue = !hasAnswer || isEqual(issuer, Buffer.concat([arpcOf(card, arc), arc]))
  const made = cryptogramOf(card, isTrue ? asked : AAC, values)
  const lastOnlineAtc = hasAnswer && isTrue ? card.atc : card.lastOnlineAtc
  return { card: { ...changed(card, { step: 'over' }), lastOnlineAtc }, data: made.reply }
}

const arpcOf = (card: PaymentCard, arc: Uint8Array): Uint8Array =>
  arpcMethod1(sessionKeyOf(card), card.session.arqc, arc)

const sessionKeyOf = ({ data, atc }: PaymentCard): Uint8Array =>
  deriveSessionKey(data.iccMasterKey, sessionInput(atc))

/** Cryptogram version 18: what the terminal told (CDOL1), then profile, counter, issuer data. */
const coveredTags = [...parseDol(cdol1).map(({ tag }) => tag), 0x82, 0x9f36, 0x9f10]

function cryptogramOf(card: PaymentCard, kind: number, given: ReadonlyMap<number, Uint8Array>) {
  const issuerData = issuerDataOf(card, kind)
  const own = new Map([
    [0x82, interchangeProfile],
    [0x9f36, uint16(card.atc)],
    [0x9f10, issuerData],
  ])
  const covered = coveredTags.map((tag) => own.get(tag) ?? given.get(tag) ?? NONE)
  const cryptogram = applicationCryptogram(sessionKeyOf(card), Buffer.concat(covered), 2)
  const reply = encode([
    {
      tag: 0x77,
      value: encode([
        { tag: 0x9f27, value: Uint8Array.of(kind) },
        { tag: 0x9f36, value: uint16(card.atc) },
        { tag: 0x9f26, value: cryptogram },
        { tag: 0x9f10, value: issuerData },
      ]),
    },
  ])
  return { cryptogram, reply }
}

/** Length, key index, cryptogram version 18, then what happened: cryptograms, PIN, tries left. */
function issuerDataOf({ session, pinTriesLeft }: PaymentCard, kind: number): Uint8Array {
  const isFirst = session.step === 'begun'
  const first = isFirst ? kind : ARQC
  const second = isFirst ? 0x80 : kind
  const pin = session.pin === 'unchecked' ? 0 : session.pin === 'right' ? 0x04 : 0x0c
  const facts = [(second & 0xc0) | ((first >> 2) & 0x30) | pin, (pinTriesLeft << 4) & 0xf0]
  return Uint8Array.of(0x06, 0x01, 0x12, 0x03, ...facts, 0x00)
}

// ─── Bytes ───────────────────────────────────────────────────────────────────────────────────

const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff)

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const sizeOf = (dol: Uint8Array): number =>
  parseDol(dol).reduce((size, { length }) => size + length, 0)

function valuesIn(dol: Uint8Array, data: Uint8Array): Map<number, Uint8Array> {
  const values = new Map<number, Uint8Array>()
  let at = 0
  for (const { tag, length } of parseDol(dol)) {
    values.set(tag, data.subarray(at, at + length))
    at += length
  }
  return values
}
