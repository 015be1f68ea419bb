/**
 * Bounds of a card: the program's, and the cardholder's own, which only narrow. The hot path is
 * told what both come to, in the transaction that changes either.
 */
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import type { Controls } from '#ledger'

/** Bounds of a program beside its amounts; what is left out bounds nothing. */
export type ProgramControls = Partial<
  Pick<
    ControlsObject,
    | 'count_day'
    | 'count_month'
    | 'merchants_only'
    | 'merchants_never'
    | 'categories_only'
    | 'categories_never'
  >
>

export const noControls: ControlsObject = {
  per_transaction: null,
  per_day: null,
  per_month: null,
  count_day: null,
  count_month: null,
  merchants_only: null,
  merchants_never: [],
  categories_only: null,
  categories_never: [],
}

type Bounds = {
  readonly perTransaction: bigint
  readonly perDay: bigint
  readonly perMonth: bigint
  readonly controls: ProgramControls
}

/** What a program bounds, in the form in which it is shown. */
export const boundsOf = ({
  perTransaction,
  perDay,
  perMonth,
  controls,
}: Bounds): ControlsObject => ({
  ...noControls,
  per_transaction: Number(perTransaction),
  per_day: Number(perDay),
  per_month: Number(perMonth),
  ...controls,
})

/** The narrower of two bounds; null is none. */
const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)
const both = <T>(a: readonly T[] | null, b: readonly T[] | null): T[] | null => {
  if (a === null || b === null) return a === null ? b && [...b] : [...a]
  return a.filter((one) => b.includes(one))
}
const either = <T>(a: readonly T[], b: readonly T[]): T[] => [...new Set([...a, ...b])]

/** What two sets of bounds come to: a payment passes them where it passes both. */
export function narrowed(a: ControlsObject, b: ControlsObject): ControlsObject {
  return {
    per_transaction: least(a.per_transaction, b.per_transaction),
    per_day: least(a.per_day, b.per_day),
    per_month: least(a.per_month, b.per_month),
    count_day: least(a.count_day, b.count_day),
    count_month: least(a.count_month, b.count_month),
    merchants_only: both(a.merchants_only, b.merchants_only),
    merchants_never: either(a.merchants_never, b.merchants_never),
    categories_only: both(a.categories_only, b.categories_only),
    categories_never: either(a.categories_never, b.categories_never),
  }
}

/** More than any account holds: what "no such bound" is in a comparison. */
const ALL = 9_000_000_000_000_000n
const amount = (bound: number | null): bigint => (bound === null ? ALL : BigInt(bound))

/** What a program's bounds and a card's own come to, in the form of the hot path. */
export function controlsOf(program: Bounds, own: ControlsObject | null): Controls {
  const controls = narrowed(boundsOf(program), own ?? noControls)
  return {
    perTransaction: amount(controls.per_transaction),
    perDay: amount(controls.per_day),
    perMonth: amount(controls.per_month),
    countDay: controls.count_day,
    countMonth: controls.count_month,
    merchantsOnly: controls.merchants_only,
    merchantsNever: controls.merchants_never,
    categoriesOnly: controls.categories_only,
    categoriesNever: controls.categories_never,
  }
}
