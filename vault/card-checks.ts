/**
 * Expiry and security code, to compare with and never to read: HMAC-SHA-256 under a key of their
 * own. An entered code exists as the bytes of one call, which wipes them.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Hierarchy } from './hierarchy.ts'
import type { CardData } from './record.ts'

export type Compared = 'match' | 'mismatch' | 'absent'

const codeMac = (hierarchy: Hierarchy, card: string, code: Uint8Array): Buffer => {
  const message = Buffer.concat([Buffer.from(`code/1${card}/`), code])
  const mac = hierarchy.mac('card-check', message)
  message.fill(0)
  return mac
}
const expiryMac = (hierarchy: Hierarchy, card: string, expires: string): Buffer =>
  hierarchy.mac('card-check', `expiry/1${card}/${expires}`)

type Checked = Pick<CardData, 'expires' | 'security_code'>

/** What is kept beside a card. */
export const checksOf = (hierarchy: Hierarchy, card: string, data: Checked) => ({
  expiry_mac: expiryMac(hierarchy, card, data.expires),
  code_mac: codeMac(hierarchy, card, Buffer.from(data.security_code)),
})

export type Kept = {
  readonly card: string
  readonly expiry_mac: Uint8Array
  readonly code_mac: Uint8Array
}

export const compareExpiry = (
  hierarchy: Hierarchy,
  kept: Kept,
  expires: string | undefined,
): Compared =>
  expires === undefined
    ? 'absent'
    : told(timingSafeEqual(expiryMac(hierarchy, kept.card, expires), kept.expiry_mac))

export const compareCode = (
  hierarchy: Hierarchy,
  kept: Kept,
  code: Uint8Array | undefined,
): Compared =>
  code === undefined
    ? 'absent'
    : told(timingSafeEqual(codeMac(hierarchy, kept.card, code), kept.code_mac))

const told = (isSame: boolean): Compared => (isSame ? 'match' : 'mismatch')
