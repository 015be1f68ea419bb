/** What payments are looked for by, as the query says it and as the payments room is asked. */
import type { Query } from '@warifu/protocol/contract'

const DAY_MS = 24 * 60 * 60 * 1000

type Span = { readonly from?: string; readonly to?: string }

/** Days in UTC, the last one whole. */
export const spanOf = ({ from, to }: Span) => ({
  fromMs: from === undefined ? undefined : Date.parse(`${from}T00:00:00.000Z`),
  toMs: to === undefined ? undefined : Date.parse(`${to}T00:00:00.000Z`) + DAY_MS,
})

type Asked = Query<'findPayments'> | Query<'listPayments'>

export function soughtOf({ limit: _, starting_after: __, from, to, ...sought }: Asked) {
  return { ...sought, ...spanOf({ ...(from && { from }), ...(to && { to }) }) }
}
