/**
 * The machine readable zone of a passport or card (ICAO Doc 9303, parts 4 to 6: TD3, TD2, TD1),
 * read by the `mrz` library. Here is what it must say to go on to a person, and nothing of whether
 * the document is real: that person looks.
 */
import { type ParseResult, parse } from 'mrz'

export type DocumentFacts = {
  readonly format: 'TD1' | 'TD2' | 'TD3'
  readonly kind: string
  readonly issuer: string
  readonly number: string
  readonly surname: string
  readonly givenNames: string
  /** `YYYY-MM-DD`. */
  readonly birthDate: string
  readonly expiryDate: string
}

export type DocumentFault =
  | 'document_unreadable'
  | 'document_check_digit'
  | 'document_expired'
  | 'document_birth_date'

export type Read =
  | { readonly ok: true; readonly facts: DocumentFacts }
  | { readonly ok: false; readonly fault: DocumentFault; readonly field: string }

type Asked = { readonly birthDate: string; readonly nowMs: number }

/** Reads the zone and holds it against what the applicant said. */
export function readDocument(lines: readonly string[], asked: Asked): Read {
  const zone = parsed(lines)
  if (zone === undefined) return { ok: false, fault: 'document_unreadable', field: 'mrz' }
  const wrong = zone.details.find(({ field, valid }) => !valid && /CheckDigit$/.test(field ?? ''))
  if (wrong?.field) return { ok: false, fault: 'document_check_digit', field: wrong.field }
  const unread = zone.details.find(({ field, valid }) => !valid && isNeeded(field))
  if (unread?.field) return { ok: false, fault: 'document_unreadable', field: unread.field }
  const facts = factsOf(zone, asked)
  if (facts === undefined) return { ok: false, fault: 'document_unreadable', field: 'mrz' }
  if (Date.parse(`${facts.expiryDate}T23:59:59.999Z`) < asked.nowMs)
    return { ok: false, fault: 'document_expired', field: 'expirationDate' }
  if (facts.birthDate !== asked.birthDate)
    return { ok: false, fault: 'document_birth_date', field: 'birthDate' }
  return { ok: true, facts }
}

const isFormat = (format: string): format is DocumentFacts['format'] =>
  ['TD1', 'TD2', 'TD3'].includes(format)

const needed = [
  'documentCode',
  'documentNumber',
  'issuingState',
  'birthDate',
  'expirationDate',
  'lastName',
]
const isNeeded = (field: string | null): boolean => needed.includes(field ?? '')

function parsed(lines: readonly string[]): ParseResult | undefined {
  try {
    const zone = parse(lines.map((line) => line.toUpperCase().replaceAll(' ', '')))
    return isFormat(zone.format) ? zone : undefined
  } catch {
    return undefined
  }
}

/** Births lie in the past hundred years; a document is good for some decades at most. */
function factsOf({ format, fields }: ParseResult, { nowMs }: Asked): DocumentFacts | undefined {
  const { documentCode, documentNumber, issuingState, lastName, firstName } = fields
  const birthDate = dateOf(fields.birthDate, new Date(nowMs).getUTCFullYear())
  const expiryDate = dateOf(fields.expirationDate, new Date(nowMs).getUTCFullYear() + 50)
  if (!isFormat(format) || !documentNumber || !birthDate || !expiryDate) return undefined
  return {
    format,
    kind: documentCode ?? '',
    issuer: issuingState ?? '',
    number: documentNumber,
    surname: lastName ?? '',
    givenNames: firstName ?? '',
    birthDate,
    expiryDate,
  }
}

/** Two digits of a year stand for the last such year that is not after `latest`. */
function dateOf(text: string | null | undefined, latest: number): string | undefined {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text ?? '') ?? []
  if (year === undefined) return undefined
  const whole = latest - ((latest - Number(year)) % 100)
  return `${whole}-${month}-${day}`
}

/** All but the last two signs hidden. */
export const maskNumber = (number: string): string =>
  `${'•'.repeat(Math.max(0, number.length - 2))}${number.slice(-2)}`
