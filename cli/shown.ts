/** How objects of the API are shown to a person at a terminal. Everything is also there as JSON. */
import type { Claim, Presented } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import { errors } from '@warifu/protocol/errors'
import { formatMoney } from '@warifu/protocol/money'
import type { OrderLine } from '@warifu/protocol/sealed'

export const money = (amount: number, currency: string): string =>
  formatMoney({ amount, currency }, 'en')

export function cardLine(card: Reply<'getCard'>): string {
  const { id, status, last4, expires, currency, available, credit_limit } = card
  const left = `${money(available, currency)} of ${money(credit_limit, currency)} left`
  return `${id}  ${status.padEnd(11)}  •••• ${last4 ?? '????'}  ${expires ?? '       '}  ${left}`
}

export function applicationWords({ id, status, decision, card }: Reply<'getApplication'>): string {
  const limit = decision?.limit ?? null
  const why = decision === null ? '' : `: ${decision.result}, ${decision.reason}`
  const upTo = limit === null ? '' : `, limit ${limit}`
  return `Application ${id} is ${status}${why}${upTo}${card === null ? '' : `; card ${card}`}.`
}

const orderLines = (lines: readonly OrderLine[], currency: string): string[] =>
  lines.map((line) => `    ${line.quantity} × ${line.description}  ${money(line.amount, currency)}`)

export function claimWords({ content, lines, payment }: Claim): string {
  const { payee, amount, currency, deadline_at } = content
  return [
    `  ${payee.name}, ${payee.place}`,
    ...orderLines(lines, currency),
    `  ${money(amount, currency)}, until ${deadline_at}  (${payment})`,
  ].join('\n')
}

export function presentedWords(presented: Presented): string {
  const { status, amount, currency, declined_because: code } = presented
  if (status === 'authorized') return `Paid ${money(amount, currency)}.`
  const row = Object.entries(errors).find(([name]) => name === code)?.[1]
  return `Declined${code === null ? '.' : ` (${code}): ${row?.cardholder ?? ''}`}`
}

export function paymentWords(payment: Reply<'getPayment'>): string {
  const { id, status, amount, currency, amount_captured: taken, amount_refunded: back } = payment
  const card =
    payment.card === null ? '' : `  card ${payment.card.reference} •••• ${payment.card.last4}`
  const why = payment.declined_because === null ? '' : `  because ${payment.declined_because}`
  const moved = `captured ${money(taken, currency)}, refunded ${money(back, currency)}`
  return `${id}  ${status}  ${money(amount, currency)}  (${moved})${card}${why}`
}

export function timelineWords(entry: Reply<'getTimeline'>['data'][number]): string {
  const hops = entry.hops.map((hop) => {
    const sealed = hop.sealed.map((each) => `${each.what} sealed for ${each.for} (${each.key})`)
    const how = [...sealed, ...(hop.signed_by === null ? [] : [`signed by ${hop.signed_by}`])]
    const mark = hop.outcome === 'refused' ? '✗' : '→'
    const tail = how.length === 0 ? '' : `: ${how.join(', ')}`
    const said = hop.reported ? '  (reported)' : ''
    return `    ${hop.from} ${mark} ${hop.to}  ${hop.message}${tail}${said}`
  })
  return [`${entry.at}  ${entry.name}: ${entry.outcome}`, ...hops].join('\n')
}
