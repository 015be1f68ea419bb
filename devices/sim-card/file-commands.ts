/**
 * SELECT, STATUS, READ and UPDATE of records and bytes, and the maker's switching on and off of the
 * credit information (ETSI TS 102 221 §11.1.1 to §11.1.6, §11.1.14, §11.1.15).
 */
import type { Command } from '@warifu/crypto/apdu'
import { encode, nest, type Tlv } from '@warifu/crypto/ber-tlv'
import {
  AID,
  CURRENT_APPLICATION,
  contentOf,
  directoryParameters,
  type FileInfo,
  fileParameters,
  filesOf,
  isAid,
  isMaker,
  MASTER_FILE,
  refusalOf,
} from './files.ts'
import type { Done } from './instruction.ts'
import { changed, kept, NONE, type SimCard } from './state.ts'

// ─── Selecting ───────────────────────────────────────────────────────────────────────────────────

const CONTROL_PARAMETERS = 0x62
const CONTROL_INFORMATION = 0x6f
const told = (tag: number, objects: readonly Tlv[]): Uint8Array => encode([nest(tag, objects)])

type Place = Pick<SimCard['session'], 'directory' | 'file'>

export function select(card: SimCard, { p1, p2, data }: Command): Done {
  const wanted = p2 & 0x0c
  // First occurrence only: each name stands for one file. Bit 7: end the application's session.
  if ((p2 & 0xb3) !== 0 || wanted === 0x08) return 'wrong_parameters'
  const place = findPlace(card, p1, data)
  if (typeof place === 'string') return place
  const { hasApplication } = card.session
  const isApplication = place.directory === 'application'
  const now = { ...place, record: 0, hasApplication: hasApplication || isApplication }
  const selected = changed(card, now)
  const file = selectedFile(selected)
  const isOff = file?.directory === 'application' && card.memory.lifeCycle === 'deactivated'
  const word = isOff ? ('selected_file_deactivated' as const) : ('ok' as const)
  if (wanted === 0x0c) return { card: selected, data: NONE, word }
  const tag = wanted === 0x00 ? CONTROL_INFORMATION : CONTROL_PARAMETERS
  const objects =
    file === undefined ? directoryParameters(selected) : fileParameters(selected, file)
  return { card: selected, data: told(tag, objects), word }
}

/** Table 11.2: what P1 says that the data are. */
function findPlace(card: SimCard, p1: number, data: Uint8Array): Place | FindRefusal {
  switch (p1) {
    case 0x00:
      return data.length === 2 ? byIdentifier(card, uint16(data)) : 'wrong_length'
    case 0x03:
      return data.length === 0 ? { directory: 'master', file: undefined } : 'wrong_length'
    case 0x04:
      return isAid(data) ? { directory: 'application', file: undefined } : 'file_not_found'
    case 0x08:
      return byPath(changed(card, { directory: 'master', file: undefined }), data)
    case 0x09:
      return byPath(card, data)
    default:
      return 'wrong_parameters'
  }
}
type FindRefusal = 'wrong_length' | 'file_not_found' | 'wrong_parameters'

function byIdentifier(card: SimCard, id: number): Place | FindRefusal {
  if (id === MASTER_FILE) return { directory: 'master', file: undefined }
  const { directory } = card.session
  if (id === CURRENT_APPLICATION)
    return card.session.hasApplication
      ? { directory: 'application', file: undefined }
      : 'file_not_found'
  const isHere = filesOf(card.memory).some((file) => file.id === id && file.directory === directory)
  return isHere ? { directory, file: id } : 'file_not_found'
}

function byPath(card: SimCard, path: Uint8Array): Place | FindRefusal {
  if (path.length === 0 || path.length % 2 !== 0) return 'wrong_length'
  let at = card
  for (let step = 0; step < path.length; step += 2) {
    // Below an elementary file there is nothing.
    if (step > 0 && at.session.file !== undefined) return 'file_not_found'
    const place = byIdentifier(at, uint16(path.subarray(step)))
    if (typeof place === 'string') return place
    at = changed(at, place)
  }
  const { directory, file } = at.session
  return { directory, file }
}

export function giveStatus(card: SimCard, { p1, p2, data }: Command): Done {
  if (data.length > 0) return 'wrong_length'
  if (p1 > 0x02) return 'wrong_parameters'
  if (p2 === 0x0c) return { card, data: NONE }
  if (p2 === 0x00) return { card, data: told(CONTROL_PARAMETERS, directoryParameters(card)) }
  if (p2 !== 0x01) return 'wrong_parameters'
  const isApplication = card.session.directory === 'application'
  return { card, data: isApplication ? encode([{ tag: 0x84, value: AID }]) : NONE }
}

// ─── Which file, which record, which bytes ───────────────────────────────────────────────────────

const selectedFile = ({ memory, session }: SimCard): FileInfo | undefined =>
  filesOf(memory).find(({ id }) => id === session.file)

type Found = { readonly card: SimCard; readonly file: FileInfo }

/** The file named by its short identifier, which selects it, or the selected one. */
function findFile(card: SimCard, sfi: number): Found | 'file_not_found' | 'no_file_selected' {
  if (sfi === 0) {
    const file = selectedFile(card)
    return file === undefined ? 'no_file_selected' : { card, file }
  }
  const { directory } = card.session
  const file = filesOf(card.memory).find((one) => one.sfi === sfi && one.directory === directory)
  if (file === undefined) return 'file_not_found'
  return { card: changed(card, { file: file.id, record: 0 }), file }
}

type Span = Found & { readonly start: number; readonly length: number }

/** Where a record is (§11.1.5): by number, or next and previous from the current one. */
function findRecord(given: SimCard, { p1, p2 }: Command, act: 'read' | 'update') {
  const found = findFile(given, p2 >> 3)
  if (typeof found === 'string') return found
  const { card, file } = found
  const { recordLength: length } = file
  if (length === undefined) return 'wrong_file_structure'
  const refusal = refusalOf(card, file, act)
  if (refusal !== undefined) return refusal
  const last = file.size / length
  const { record } = card.session
  const mode = p2 & 0x07
  if ((mode !== 0x02 && mode !== 0x03 && mode !== 0x04) || (mode !== 0x04 && p1 !== 0))
    return 'wrong_parameters'
  const next = record + 1
  const previous = record === 0 ? last : record - 1
  const number = mode === 0x04 ? p1 || record : mode === 0x02 ? next : previous
  if (number < 1 || number > last) return 'record_not_found'
  // By number the current record stays where it is.
  const moved = mode === 0x04 ? card : changed(card, { record: number })
  return { card: moved, file, start: (number - 1) * length, length } satisfies Span
}

/** Where bytes begin (§11.1.3): P1 names a file if bit 8 is set, else both are an offset. */
function findBytes(given: SimCard, { p1, p2 }: Command, act: 'read' | 'update') {
  const isNamed = (p1 & 0x80) !== 0
  if (isNamed && (p1 & 0x60) !== 0) return 'wrong_parameters'
  const found = findFile(given, isNamed ? p1 & 0x1f : 0)
  if (typeof found === 'string') return found
  const { card, file } = found
  if (file.recordLength !== undefined) return 'wrong_file_structure'
  const refusal = refusalOf(card, file, act)
  if (refusal !== undefined) return refusal
  const start = isNamed ? p2 : p1 * 256 + p2
  if (start >= file.size) return 'wrong_offset'
  return { card, file, start, length: file.size - start } satisfies Span
}

// ─── Reading and writing ─────────────────────────────────────────────────────────────────────────

export function readRecord(given: SimCard, command: Command): Done {
  if (command.data.length > 0) return 'wrong_length'
  const span = findRecord(given, command, 'read')
  if (typeof span === 'string') return span
  const { card, file, start, length } = span
  return { card, data: contentOf(card, file).slice(start, start + length) }
}

export function readBinary(given: SimCard, command: Command): Done {
  if (command.data.length > 0) return 'wrong_length'
  const span = findBytes(given, command, 'read')
  if (typeof span === 'string') return span
  const { card, file, start, length } = span
  const { le = 256 } = command
  // Le 00 is "what there is", up to 256 bytes.
  if (le > length && le !== 256) return { card, word: 0x6c00 + length }
  return { card, data: contentOf(card, file).slice(start, start + Math.min(le, length)) }
}

export function updateRecord(given: SimCard, command: Command): Done {
  const span = findRecord(given, command, 'update')
  if (typeof span === 'string') return span
  return command.data.length === span.length ? written(span, command.data) : 'wrong_length'
}

export function updateBinary(given: SimCard, command: Command): Done {
  const span = findBytes(given, command, 'update')
  if (typeof span === 'string') return span
  if (command.data.length === 0) return 'wrong_length'
  return command.data.length <= span.length ? written(span, command.data) : 'no_room_in_file'
}

/** Only the data area is ever written. */
function written({ card, file, start }: Span, data: Uint8Array): Done {
  const area = Uint8Array.from(card.memory.area)
  area.set(data, file.address + start)
  return { card: kept(card, { area }), data: NONE }
}

// ─── The maker's switch ──────────────────────────────────────────────────────────────────────────

/** Also ends the filling of a new card: from then on the access conditions hold. */
export const activateFile = (card: SimCard, command: Command): Done =>
  switched(card, command, 'activated')

export const deactivateFile = (card: SimCard, command: Command): Done =>
  switched(card, command, 'deactivated')

function switched(
  card: SimCard,
  { p1, p2, data }: Command,
  lifeCycle: 'activated' | 'deactivated',
): Done {
  if (p1 !== 0 || p2 !== 0) return 'wrong_parameters'
  if (data.length !== 0 && data.length !== 2) return 'wrong_length'
  const place = data.length === 0 ? card.session : byIdentifier(card, uint16(data))
  if (typeof place === 'string') return place
  const file = selectedFile(changed(card, { file: place.file }))
  if (file === undefined) return 'no_file_selected'
  if (file.directory === 'master' || !isMaker(card)) return 'security_not_satisfied'
  const isNew = card.memory.lifeCycle === 'initialisation'
  if (isNew && lifeCycle === 'deactivated') return 'conditions_not_satisfied'
  return { card: kept(card, { lifeCycle }), data: NONE }
}

const uint16 = (bytes: Uint8Array): number => (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)
