/**
 * Cards of ours in a reader: the chip's cryptogram (ARQC, EMV Book 2 §8.1) and the stripe's own
 * verification value. Both keys are derived here from the card's number and never leave; that a
 * chip's counter only grows is decided by `entry.count`.
 */
import { timingSafeEqual } from 'node:crypto'
import { cvv } from '@warifu/crypto/cvv'
import {
  applicationCryptogram,
  deriveIccMasterKey,
  deriveSessionKey,
  sessionInput,
} from '@warifu/crypto/emv-arqc'
import { withOddParity } from '@warifu/crypto/tdea'
import { cryptogramTags, type EntryContext, entryTags } from '@warifu/protocol/entry-device'
import { numericOf } from '@warifu/protocol/money'
import type { Entered, Stripe } from './entry-data.ts'
import type { Hierarchy } from './hierarchy.ts'

export type ChipVerdict = { readonly isRight: boolean; readonly atc: number }
export type ChipVerifier = (
  entered: Pick<Entered, 'pan' | 'chip'>,
  context: Pick<EntryContext, 'amount' | 'currency'>,
) => ChipVerdict | undefined

const tagOf = (name: keyof typeof entryTags): number => Number.parseInt(entryTags[name], 16)
const ARQC = 0x80

/** The master key that a chip of this number is personalised with. */
export function chipKey(hierarchy: Hierarchy, pan: string, psn = '00'): Uint8Array {
  const issuer = withOddParity(hierarchy.mac('chip', 'imk/1').subarray(0, 16))
  const key = deriveIccMasterKey(issuer, { pan, psn }, 'A')
  issuer.fill(0)
  return key
}

/** Undefined where no chip answered. */
export function createChipVerifier(hierarchy: Hierarchy): ChipVerifier {
  return ({ pan, chip }, context) => {
    if (chip === undefined) return undefined
    const value = (name: keyof typeof entryTags) => chip.get(tagOf(name)) ?? new Uint8Array(0)
    const counter = value('transactionCounter')
    if (counter.length !== 2) return { isRight: false, atc: 0 }
    const atc = Buffer.from(counter).readUInt16BE(0)
    const isOnline = ((value('cryptogramInformation')[0] ?? 0) & 0xc0) === ARQC
    if (!isOnline || !isFor(value, context)) return { isRight: false, atc }
    const psn = Buffer.from(value('panSequence')).toString('hex') || '00'
    const key = chipKey(hierarchy, pan, /^[0-9]{2}$/.test(psn) ? psn : '00')
    const session = deriveSessionKey(key, sessionInput(atc))
    const data = Buffer.concat(cryptogramTags.map(value))
    const expected = applicationCryptogram(session, data, 2)
    for (const bytes of [key, session]) bytes.fill(0)
    const shown = value('cryptogram')
    return { isRight: shown.length === 8 && timingSafeEqual(expected, shown), atc }
  }
}

/** The chip was asked for this amount in this currency. Without an amount: for nothing at all. */
function isFor(
  value: (name: 'amountAuthorised' | 'transactionCurrency') => Uint8Array,
  { amount, currency }: Pick<EntryContext, 'amount' | 'currency'>,
): boolean {
  const digits = Buffer.from(value('amountAuthorised')).toString('hex')
  if (digits !== String(amount ?? 0).padStart(12, '0')) return false
  const numeric = currency === null ? undefined : numericOf(currency)
  const code = Buffer.from(value('transactionCurrency')).toString('hex')
  return currency === null || code === `0${numeric}`
}

/** The three digits that a stripe of ours carries behind its service code. */
export function stripeValue(hierarchy: Hierarchy, stripe: Stripe): string {
  const key = withOddParity(hierarchy.mac('stripe', 'cvk/1').subarray(0, 16))
  const value = cvv(key, stripe)
  key.fill(0)
  return value
}

export const isStripe = (hierarchy: Hierarchy, stripe: Stripe, shown: string): boolean =>
  timingSafeEqual(
    Buffer.from(stripeValue(hierarchy, stripe)),
    Buffer.from(shown.slice(0, 3).padEnd(3)),
  )
