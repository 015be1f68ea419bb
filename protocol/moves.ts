/** Life cycles as tables of allowed moves; SQL is handed the same (`state = any($sources)`). */

// biome-ignore format: a table reads by its columns
export const paymentMoves = {
  requires_action: ['processing', 'authorized', 'declined', 'cancelled', 'expired'],
  processing:      ['authorized', 'declined', 'expired', 'reversed'],
  // `settled` at once: the rest was let go when all that was captured had been settled.
  authorized:      ['captured', 'settled', 'cancelled', 'expired', 'reversed'],
  captured:        ['settled'],
  settled:         [],
  declined:        [],
  cancelled:       [],
  expired:         [],
  reversed:        [],
} as const satisfies Record<string, readonly string[]>
export type PaymentStatus = keyof typeof paymentMoves

/** More to be held for a payment: asked of the cardholder, decided as a payment is. */
// biome-ignore format: a table reads by its columns
export const incrementMoves = {
  requires_action: ['authorized', 'declined', 'cancelled', 'expired'],
  authorized:      [],
  declined:        [],
  cancelled:       [],
  expired:         [],
} as const satisfies Record<string, readonly string[]>
export type IncrementStatus = keyof typeof incrementMoves

/** A merchant's day. `carried`: nothing to pay out, or the bank could not; the next one has it. */
// biome-ignore format: a table reads by its columns
export const settlementMoves = {
  collecting: ['ready', 'carried'],
  ready:      ['paid', 'carried'],
  carried:    [],
  paid:       [],
} as const satisfies Record<string, readonly string[]>
export type SettlementStatus = keyof typeof settlementMoves

// biome-ignore format: a table reads by its columns
export const payoutMoves = {
  pending: ['paid', 'failed'],
  paid:    [],
  failed:  [],
} as const satisfies Record<string, readonly string[]>
export type PayoutStatus = keyof typeof payoutMoves

// biome-ignore format: a table reads by its columns
export const applicationMoves = {
  submitted: ['deciding', 'approved', 'in_review', 'refused', 'expired'],
  deciding:  ['approved', 'in_review', 'refused', 'expired'],
  in_review: ['approved', 'refused', 'expired'],
  approved:  ['installed', 'expired'],
  installed: [],
  refused:   [],
  expired:   [],
} as const satisfies Record<string, readonly string[]>
export type ApplicationStatus = keyof typeof applicationMoves

// biome-ignore format: a table reads by its columns
export const cardMoves = {
  approved:    ['provisioned', 'closed'],
  provisioned: ['active', 'closed'],
  active:      ['suspended', 'replaced', 'expired', 'closed'],
  suspended:   ['suspended', 'active', 'replaced', 'expired', 'closed'], // for one more reason
  replaced:    [],
  expired:     [],
  closed:      [],
} as const satisfies Record<string, readonly string[]>
export type CardStatus = keyof typeof cardMoves

// biome-ignore format: a table reads by its columns
export const terminalMoves = {
  pending:   ['waiting', 'active', 'removed'],
  waiting:   ['active', 'removed'], // another phone of this person, or two proofs, let it in
  active:    ['suspended', 'replaced', 'removed'],
  suspended: ['replaced', 'removed'],
  replaced:  ['active', 'removed'], // called back within the time for it
  removed:   [],
} as const satisfies Record<string, readonly string[]>
export type TerminalStatus = keyof typeof terminalMoves

/** A plastic card: from the order over the bureau and the post to its owner's hand. */
// biome-ignore format: a table reads by its columns
export const plasticMoves = {
  ordered:   ['accepted', 'rejected', 'lost'],
  accepted:  ['produced', 'rejected', 'lost'],
  produced:  ['shipped', 'rejected', 'lost'],
  shipped:   ['delivered', 'lost'],
  delivered: ['active', 'lost'],
  active:    ['lost', 'ended'],
  rejected:  [],
  lost:      [],
  ended:     [],
} as const satisfies Record<string, readonly string[]>
export type PlasticStatus = keyof typeof plasticMoves

// biome-ignore format: a table reads by its columns
export const entryDeviceMoves = {
  registered: ['active', 'retired'],
  active:     ['suspended', 'tampered', 'lost', 'retired'],
  suspended:  ['active', 'tampered', 'lost', 'retired'],
  tampered:   ['suspended', 'retired'], // its keys are gone: looked at, then new keys, then active
  lost:       ['suspended', 'retired'],
  retired:    [],
} as const satisfies Record<string, readonly string[]>
export type EntryDeviceStatus = keyof typeof entryDeviceMoves

/** A further phone on its way in: asked of the old one, or proved without it. */
// biome-ignore format: a table reads by its columns
export const arrivalMoves = {
  asked:     ['done', 'denied', 'expired', 'cancelled'],
  proving:   ['waiting', 'expired', 'cancelled'],
  waiting:   ['limited', 'cancelled'],
  limited:   ['done', 'cancelled'],
  done:      [],
  denied:    [],
  expired:   [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>
export type ArrivalStatus = keyof typeof arrivalMoves

/** A recurring consent: asked of the cardholder once, and only then of any use. */
// biome-ignore format: a table reads by its columns
export const consentMoves = {
  asked:   ['given', 'refused', 'expired'],
  given:   [],
  refused: [],
  expired: [],
} as const satisfies Record<string, readonly string[]>
export type ConsentStatus = keyof typeof consentMoves

/** What a person is asked to confirm. `superseded`: another question took its place. */
// biome-ignore format: a table reads by its columns
export const approvalMoves = {
  pending:    ['approved', 'denied', 'expired', 'cancelled', 'superseded'],
  approved:   [],
  denied:     [],
  expired:    [],
  cancelled:  [],
  superseded: [],
} as const satisfies Record<string, readonly string[]>
export type ApprovalStatus = keyof typeof approvalMoves

/** The states from which `to` may be reached: `update … where state = any($sources)`. */
export function sourcesOf<S extends string>(
  moves: Readonly<Record<S, readonly string[]>>,
  to: NoInfer<S>,
): S[] {
  // Object.keys gives string[]; the keys of this record are S by its type.
  return (Object.keys(moves) as S[]).filter((from) => moves[from].includes(to))
}
