/**
 * The card's files: which there are, what SELECT tells of each (file control parameters, ETSI TS
 * 102 221 §11.1.1.3), and who may do what with them.
 *
 *   3F00 master file
 *    ├─ 2F00 EF.DIR    applications          record, read by anybody
 *    ├─ 2FE2 EF.ICCID  the card's number     transparent, read by anybody
 *    └─ F057415249465502 application "WARIFU"
 *        ├─ 6F01  the whole data area        transparent
 *        ├─ 6F11  its directory              records of 6
 *        ├─ 6F12  card numbers               records of 9
 *        ├─ 6F13  PIN digits                 records of 2
 *        └─ 6F14… other sections             records
 *
 * All files of the application are windows on one data area and share one life cycle: READ and
 * UPDATE by the PIN, ACTIVATE and DEACTIVATE by the maker, updated often.
 */
import { encode, nest, type Tlv } from '@warifu/crypto/ber-tlv'
import { windowsOf } from '@warifu/crypto/credit-file'
import type { SimCard, SimMemory } from './state.ts'

export const MASTER_FILE = 0x3f00
/** Means the current application in a path (TS 102 221 §8.4.2). */
export const CURRENT_APPLICATION = 0x7fff
export const AID = Uint8Array.from(Buffer.from('f057415249465502', 'hex'))
export const LABEL = 'WARIFU CREDIT'
const SHORTEST_AID = 5

/** Credit information in transparent form, and the first of its record forms. */
export const CREDIT_FILE = 0x6f01
export const CREDIT_RECORDS = 0x6f11

type Condition = 'always' | 'pin' | 'never'
export type FileInfo = {
  readonly id: number
  readonly sfi: number
  readonly directory: 'master' | 'application'
  readonly read: Condition
  readonly update: Condition
  /** Bytes of one record; a transparent file has none. */
  readonly recordLength: number | undefined
  /** Where in its directory's bytes it begins, and how far it goes. */
  readonly address: number
  readonly size: number
}

/** Every elementary file of this card. */
export function filesOf({ layout, area, iccid }: SimMemory): readonly FileInfo[] {
  const open = { directory: 'master', read: 'always', update: 'never', address: 0 } as const
  const credit = { directory: 'application', read: 'pin', update: 'pin' } as const
  const entry = applicationEntry().length
  return [
    { ...open, id: 0x2f00, sfi: 0x1e, recordLength: entry, size: entry },
    { ...open, id: 0x2fe2, sfi: 0x02, recordLength: undefined, size: iccid.length },
    { ...credit, id: CREDIT_FILE, sfi: 1, recordLength: undefined, address: 0, size: area.length },
    ...windowsOf(layout).map(({ address, length, count }, at) => ({
      ...credit,
      id: CREDIT_RECORDS + at,
      sfi: 2 + at,
      recordLength: length,
      address,
      size: length * count,
    })),
  ]
}

/** The file's bytes. */
export function contentOf({ memory }: SimCard, { id, address, size }: FileInfo): Uint8Array {
  if (id === 0x2f00) return applicationEntry()
  return (id === 0x2fe2 ? memory.iccid : memory.area).subarray(address, address + size)
}

/** One record of EF.DIR (TS 102 221 §13.1). */
const applicationEntry = (): Uint8Array =>
  encode([
    nest(0x61, [
      { tag: 0x4f, value: AID },
      { tag: 0x50, value: Buffer.from(LABEL, 'latin1') },
    ]),
  ])

export const isAid = (name: Uint8Array): boolean =>
  name.length >= SHORTEST_AID && Buffer.compare(name, AID.subarray(0, name.length)) === 0

// ─── Who may ─────────────────────────────────────────────────────────────────────────────────────

export const isPinSatisfied = ({ memory, session }: SimCard): boolean =>
  session.isPinVerified || !memory.pin.isEnabled

export const isMaker = ({ session }: SimCard): boolean => session.channel !== undefined

/** Nothing, or why not. The maker writes without the PIN until he puts the file in use. */
export function refusalOf(card: SimCard, file: FileInfo, act: 'read' | 'update') {
  const { lifeCycle } = card.memory
  if (file.directory === 'application' && lifeCycle === 'deactivated') return 'data_not_usable'
  if (file.directory === 'application' && lifeCycle === 'initialisation') {
    if (!isMaker(card)) return 'conditions_not_satisfied'
    return act === 'update' ? undefined : 'security_not_satisfied'
  }
  const condition = file[act]
  const may = condition === 'always' || (condition === 'pin' && isPinSatisfied(card))
  return may ? undefined : 'security_not_satisfied'
}

// ─── What SELECT tells ───────────────────────────────────────────────────────────────────────────

const lifeCycleByte = { initialisation: 0x03, activated: 0x05, deactivated: 0x04 } as const
/** Key references: the user's PIN, and the maker (TS 102 221 §9.5.1, table 9.3). */
export const PIN_REFERENCE = 0x01
const MAKER_REFERENCE = 0x0a

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const object = (tag: number, ...values: number[]): Tlv => ({ tag, value: bytes(...values) })
const uint16 = (value: number): [number, number] => [value >> 8, value & 0xff]

/** Access mode, then by whom: expanded format (ISO/IEC 7816-4 §9.3.3.3). */
const rule = (mode: number, by: Tlv): readonly Tlv[] => [object(0x80, mode), by]
const always: Tlv = { tag: 0x90, value: bytes() }
const never: Tlv = { tag: 0x97, value: bytes() }
const knows = (reference: number): Tlv => nest(0xa4, [object(0x83, reference), object(0x95, 0x08)])
const MODE = { read: 0x01, update: 0x02, deactivate: 0x08, activate: 0x10 } as const

function accessRules({ directory }: FileInfo): Tlv {
  const { read, update, deactivate, activate } = MODE
  const rules =
    directory === 'application'
      ? [
          ...rule(read | update, knows(PIN_REFERENCE)),
          ...rule(activate | deactivate, knows(MAKER_REFERENCE)),
        ]
      : [...rule(read, always), ...rule(update | activate | deactivate, never)]
  return nest(0xab, rules)
}

/** Working file, and its structure: transparent, or linear fixed with its records. */
function descriptor({ recordLength, size }: FileInfo): Tlv {
  if (recordLength === undefined) return object(0x82, 0x41, 0x21)
  return object(0x82, 0x42, 0x21, ...uint16(recordLength), size / recordLength)
}

const HIGH_UPDATE_ACTIVITY = 0x80

export function fileParameters({ memory }: SimCard, file: FileInfo): readonly Tlv[] {
  const isCredit = file.directory === 'application'
  const life = isCredit ? lifeCycleByte[memory.lifeCycle] : lifeCycleByte.activated
  return [
    descriptor(file),
    object(0x83, ...uint16(file.id)),
    nest(0xa5, [object(0xc0, isCredit ? HIGH_UPDATE_ACTIVITY : 0x00)]),
    object(0x8a, life),
    accessRules(file),
    object(0x80, ...uint16(file.size)),
    object(0x88, file.sfi << 3),
  ]
}

/** Clock may be stopped; 1.8 V and 3 V (TS 102 221 §11.1.1.4.6.1). */
const UICC_CHARACTERISTICS = 0x71

export function directoryParameters({ memory, session }: SimCard): readonly Tlv[] {
  const isMaster = session.directory === 'master'
  const name = isMaster ? object(0x83, ...uint16(MASTER_FILE)) : { tag: 0x84, value: AID }
  return [
    object(0x82, 0x78, 0x21),
    name,
    nest(0xa5, [object(0x80, UICC_CHARACTERISTICS)]),
    object(0x8a, lifeCycleByte.activated),
    nest(0xab, [...rule(0x7f, never)]),
    nest(0xc6, [object(0x90, memory.pin.isEnabled ? 0x80 : 0x00), object(0x83, PIN_REFERENCE)]),
  ]
}
