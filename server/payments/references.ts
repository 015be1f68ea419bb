/**
 * The name under which one merchant, and nobody else, knows a card: derived, and kept a while, as
 * a card that is charged is captured, read and listed soon after.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { PaymentNeeds } from './needs.ts'

const KEPT = 10_000

export type Reference = (merchant: Id<'mer'>, card: Id<'crd'> | Id<'ncr'>) => string

export function createReferences(derive: PaymentNeeds['derive']): Reference {
  const kept = new Map<string, string>()
  return (merchant, card) => {
    const name = `${merchant}/${card}`
    const known = kept.get(name)
    if (known !== undefined) return known
    const made = `cr_${toBase64url(derive('card-reference/1', merchant, card).subarray(0, 16))}`
    kept.set(name, made)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
    return made
  }
}
