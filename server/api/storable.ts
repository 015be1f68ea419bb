/**
 * Texts that PostgreSQL can keep: no null character and no half of a pair of surrogates. One of
 * them in a batch would undo the payments of others, so they are refused before.
 */
import type { Body } from '@warifu/protocol/contract'

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** The first field of a new payment that cannot be kept. */
export function unstorable({ merchant_reference, metadata = {} }: Body<'createPayment'>) {
  if (merchant_reference !== undefined && !isStorable(merchant_reference))
    return 'merchant_reference'
  return Object.values(metadata).every(isStorable) ? undefined : 'metadata'
}
