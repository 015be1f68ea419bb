/**
 * How a SIM that pays here is laid out: the usual sections of its credit information, and one more
 * with the card companies' public keys. Whoever reads a record seals it to the key that stands in
 * the same SIM for the same selector; the vault writes both through the maker's channel, so nobody
 * between can give others.
 *
 *   company key   66 bytes: uncompressed P-256 point (65) ‖ selector (1)
 */
import { description, type Layout, type Section, usualLayout } from './credit-file.ts'

/** The application's name, and its credit information in transparent form. */
export const SIM_AID = Uint8Array.from(Buffer.from('f057415249465502', 'hex'))
export const SIM_CREDIT_FILE = 0x6f01
/** How INTERNAL AUTHENTICATE and PUT KEY name the SIM's own key, and the maker's keys. */
export const SIM_OWN_KEY = 0x01
export const SIM_MAKER_KEYS = 0x30

export const companyKeys: Section = {
  description: 0x10,
  length: 66,
  count: 2,
  isMandatory: false,
}
const POINT_BYTES = companyKeys.length - 1

export const simLayout: Layout = [...usualLayout, companyKeys]

/** Short file identifiers: 1 is the transparent form, 2 the directory, then the sections. */
const sfiOf = (kind: number): number => 3 + simLayout.findIndex((one) => one.description === kind)
export const simSections = {
  numbers: sfiOf(description.card_number),
  digits: sfiOf(description.pin_digits),
  companyKeys: sfiOf(companyKeys.description),
} as const

export function writeCompanyKey(point: Uint8Array, selector: number): Uint8Array {
  if (point.length !== POINT_BYTES || point[0] !== 0x04) throw new RangeError('point: 65 bytes')
  return Uint8Array.of(...point, selector)
}

export type CompanyKey = { readonly point: Uint8Array; readonly selector: number }

/** Undefined where none is written. */
export function readCompanyKey(entry: Uint8Array): CompanyKey | undefined {
  const selector = entry[POINT_BYTES]
  if (entry.length !== companyKeys.length || entry[0] !== 0x04 || selector === undefined)
    return undefined
  return { point: Uint8Array.from(entry.subarray(0, POINT_BYTES)), selector }
}
