/**
 * For tests of money after the yes: an auditor with far simpler books. It keeps numbers only, says
 * what each deed must be answered with, and what must stand on the books afterwards.
 */
import {
  CREDIT,
  DAY_MS,
  type Deed,
  FEE,
  OVER,
  PER_TRANSACTION,
  type Standing,
} from './rehearsal-books.ts'

const HOLD_MS = 7 * DAY_MS

type Paid = {
  readonly account: number
  readonly shop: number
  status: string
  readonly holds: { left: number; readonly untilMs: number }[]
  /** All that was ever held for it. */
  base: number
  captured: number
  refunded: number
}
type Books = {
  /** Below zero: what was forced, and is to come in first. */
  readonly free: number[]
  /** Of each shop: what is not settled yet, and what earlier days left. */
  readonly open: { gross: number; refunds: number; fees: number; adjusted: number; any: boolean }[]
  readonly carried: number[]
  readonly paid: Paid[]
}

export type Day = {
  readonly gross: number
  readonly refunds: number
  readonly fees: number
  readonly net: number
}

const nothing = () => ({ gross: 0, refunds: 0, fees: 0, adjusted: 0, any: false })

export const newBooks = (accounts: number, shops: number): Books => ({
  free: Array.from({ length: accounts }, () => CREDIT),
  open: Array.from({ length: shops }, nothing),
  carried: Array.from({ length: shops }, () => 0),
  paid: [],
})

const heldOf = ({ holds }: Paid) => holds.reduce((sum, { left }) => sum + left, 0)
export const feeOf = (amount: number) =>
  Math.floor((amount * FEE.basisPoints + 5000) / 10_000) + FEE.fixed

const allows = (books: Books, account: number, amount: number): string => {
  if (amount > PER_TRANSACTION) return 'limit_exceeded'
  return amount > freeOf(books, account) ? 'insufficient_funds' : 'ok'
}

/** What must be answered; nothing is changed. */
export function expected(books: Books, deed: Deed): string {
  if (deed.kind === 'authorise') return allows(books, deed.account % books.free.length, deed.amount)
  if (deed.kind === 'adjust_shop') return 'ok'
  if (deed.kind === 'adjust_account') {
    const free = freeOf(books, deed.account % books.free.length)
    return free + deed.amount < 0 ? 'insufficient_funds' : 'ok'
  }
  const paid = books.paid[deed.payment]
  if (paid === undefined) return 'nothing'
  const open = paid.status === 'authorized'
  if (deed.kind === 'refund') {
    if (!(['captured', 'settled'].includes(paid.status) || (open && paid.captured > 0)))
      return 'payment_state'
    return deed.amount > paid.captured - paid.refunded ? 'amount_above_captured' : 'ok'
  }
  if (!open)
    return deed.kind === 'cancel' && paid.status === 'expired' ? 'payment_expired' : 'payment_state'
  if (deed.kind === 'increment')
    return deed.yes ? allows(books, paid.account, deed.amount) : 'approval_denied'
  return deed.kind === 'capture' ? mayCapture(books, paid, deed.amount) : 'ok'
}

function mayCapture(books: Books, paid: Paid, amount: number): string {
  const over = amount - heldOf(paid)
  if (over <= 0) return 'ok'
  const { overCapture, forcePost } = OVER[paid.account % OVER.length] ?? OVER[0]
  const ceiling = paid.base + Math.floor((paid.base * overCapture) / 10_000)
  if (paid.captured + amount > ceiling) return 'amount_above_authorized'
  return forcePost || over <= freeOf(books, paid.account) ? 'ok' : 'insufficient_funds'
}

const freeOf = (books: Books, account: number) => Math.max(books.free[account] ?? 0, 0)

/** Enters what was done. */
export function enter(books: Books, deed: Deed, nowMs: number): void {
  if (deed.kind === 'authorise') {
    const [account, shop] = [deed.account % books.free.length, deed.shop % books.open.length]
    give(books, account, -deed.amount)
    const hold = { left: deed.amount, untilMs: nowMs + HOLD_MS }
    const none = { captured: 0, refunded: 0 }
    const base = deed.amount
    books.paid.push({ account, shop, status: 'authorized', base, holds: [hold], ...none })
    return
  }
  if (deed.kind === 'adjust_account') {
    give(books, deed.account % books.free.length, deed.amount)
    return
  }
  if (deed.kind === 'adjust_shop') {
    const open = openOf(books, deed.shop % books.open.length)
    open.adjusted += deed.amount
    return
  }
  const paid = books.paid[deed.payment]
  if (paid === undefined) return
  if (deed.kind === 'refund') {
    paid.refunded += deed.amount
    openOf(books, paid.shop).refunds += deed.amount
    give(books, paid.account, deed.amount)
    return
  }
  if (deed.kind === 'increment') {
    paid.holds.push({ left: deed.amount, untilMs: nowMs + HOLD_MS })
    paid.base += deed.amount
    give(books, paid.account, -deed.amount)
    return
  }
  if (deed.kind === 'capture') {
    give(books, paid.account, -Math.max(deed.amount - heldOf(paid), 0))
    take(paid, deed.amount)
    const open = openOf(books, paid.shop)
    open.gross += deed.amount
    open.fees += feeOf(deed.amount)
  }
  if (deed.kind === 'cancel' || deed.final || heldOf(paid) === 0)
    letGo(books, paid, { all: true, nowMs, else: 'cancelled' })
}

function openOf(books: Books, shop: number) {
  const open = books.open[shop]
  if (open === undefined) throw new Error('no such shop')
  open.any = true
  return open
}

const give = (books: Books, account: number, amount: number) => {
  books.free[account] = (books.free[account] ?? 0) + amount
}

function take(paid: Paid, amount: number): void {
  let due = amount
  for (const hold of paid.holds) {
    const taken = Math.min(due, hold.left)
    hold.left -= taken
    due -= taken
  }
  paid.captured += amount
}

type LettingGo = { readonly all: boolean; readonly nowMs: number; readonly else: string }

function letGo(books: Books, paid: Paid, { all, nowMs, else: otherwise }: LettingGo): void {
  const before = heldOf(paid)
  for (const hold of paid.holds) if (all || hold.untilMs <= nowMs) hold.left = 0
  give(books, paid.account, before - heldOf(paid))
  if (heldOf(paid) === 0) paid.status = paid.captured > 0 ? 'captured' : otherwise
}

/** Days pass: holds lapse, and every shop's day is settled. Answers with the days, by shop. */
export function pass(books: Books, nowMs: number): (Day | undefined)[] {
  for (const paid of books.paid)
    if (paid.status === 'authorized') letGo(books, paid, { all: false, nowMs, else: 'expired' })
  return books.open.map((open, shop) => {
    if (!open.any) return undefined
    const { gross, refunds, fees, adjusted } = open
    const net = gross - refunds - fees + adjusted + (books.carried[shop] ?? 0)
    books.carried[shop] = Math.min(net, 0)
    books.open[shop] = nothing()
    return { gross, refunds, fees, net }
  })
}

/** What must stand on the books once all has arrived. `settled` looks like `captured` here. */
export const mustStand = (books: Books): Standing => ({
  free: books.free.map((free) => Math.max(free, 0)),
  owed: books.open.map(
    ({ gross, refunds, adjusted }, shop) => gross - refunds + adjusted + (books.carried[shop] ?? 0),
  ),
  payments: books.paid.map((paid) =>
    [
      paid.status,
      paid.status === 'authorized' ? heldOf(paid) : 0,
      paid.captured,
      paid.refunded,
    ].join('/'),
  ),
})
