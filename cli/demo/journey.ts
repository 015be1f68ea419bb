/**
 * The honest journey of S0 in pieces: from nobody to somebody with an active card of some scheme,
 * and payments with it. Refusals and saboteurs use the same pieces.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TerminalState } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Checks } from './checks.ts'
import type { Person, World } from './world.ts'

/** Where a saboteur may put a hand on the terminal's memory. */
export type Tampering = {
  readonly beforeInstallation?: (state: TerminalState) => Promise<TerminalState>
  readonly afterInstallation?: (state: TerminalState) => Promise<TerminalState>
}
export type Holder = Person & { readonly card: Id<'crd'>; readonly phone: string }

export const coffee = [{ description: 'Blend coffee', quantity: 2, amount: 1200 }]

type Becoming = {
  readonly world: World
  readonly checks: Checks
  readonly person: Person
  readonly name: string
  /** Unless told, `double_sealed`. */
  readonly scheme?: Scheme
  readonly tampering?: Tampering
}

/** From nobody to somebody with an active card. */
export async function becomeHolder(becoming: Becoming): Promise<Holder> {
  const { checks, person, name, tampering = {} } = becoming
  const { terminal, needs } = person
  const tamper = async (change?: (state: TerminalState) => Promise<TerminalState>) => {
    if (change !== undefined) await needs.store.save(await change(await needs.store.load()))
  }
  await checks.step(`${name} joins with a passkey`, () => terminal.join(name))
  const enrolled = await checks.step('the terminal enrols, vouched for by the passkey', () =>
    terminal.enrol(),
  )
  checks.that(
    'the terminal is active: it opened what was sealed to it',
    enrolled.status === 'active',
  )
  const { application, phone } = await apply(becoming)
  await tamper(tampering.beforeInstallation)
  const card = await checks.step('the card is pulled, installed and confirmed', () =>
    terminal.install(application.id),
  )
  checks.that('the card is active', card.status === 'active', card.status)
  await tamper(tampering.afterInstallation)
  return { ...person, card: card.id, phone }
}

async function apply({ world, checks, person, name, scheme }: Becoming) {
  const { terminal } = person
  const facts = { name, birth_date: '1990-04-01', annual_income: 5_000_000 }
  const applicant = { ...facts, employment: 'employed' } as const
  const { id } = await checks.step('an application, signed by the terminal', () =>
    terminal.apply(world.program, applicant, scheme),
  )
  const phone = world.newPhone()
  const application = await checks.step('the phone number is proved by a code', async () => {
    const { id: verification } = await terminal.startPhone(id, phone)
    return terminal.answerCode(verification, await world.codeFor(phone))
  })
  const { decision } = application
  const isApproved = decision?.result === 'approve' && (decision.limit ?? 0) > 0
  checks.that('approved with a limit', isApproved, decision?.reason)
  return { application, phone }
}

type Asked = { readonly amount: number; readonly manual?: boolean }

/** The shop asks; the link travels as a QR code would. */
export async function ask(
  { merchant }: World,
  { amount, manual = false }: Asked,
): Promise<{ payment: Reply<'createPayment'>; link: string }> {
  const lines = amount === 1200 ? { lines: coffee } : {}
  const capture_method = manual ? 'manual' : 'automatic'
  const body = { amount, currency: 'jpy', capture_method, ...lines } as const
  const payment = await merchant.payments.create(body)
  if (payment.link === null) throw new Error('a new payment has no link')
  return { payment, link: payment.link }
}

/** Opens the link and presents the card, as a person does. */
export async function payBy(holder: Holder, link: string, verifyUser: boolean) {
  const claim = await holder.terminal.claim(link)
  const presented = await holder.terminal.present(claim, holder.card, { verifyUser })
  if (presented.status !== 'authorized') throw new Error(presented.declined_because ?? 'declined')
  return { claim, presented }
}

/** Once below the amount for which the signature is enough, once above it; then money back. */
export async function payTwice(world: World, checks: Checks, holder: Holder): Promise<void> {
  const { merchant } = world
  const limit = await checks.step('the terminal reads its cards', () => availableOf(holder))
  const small = await ask(world, { amount: 300 })
  await checks.step('¥300 by the terminal’s signature alone', () =>
    payBy(holder, small.link, false),
  )
  const shown = await settledDown(world, small.payment.id)
  checks.that(
    'captured by the platform itself, soon after',
    shown.status === 'captured',
    shown.status,
  )
  const { payment, link } = await ask(world, { amount: 1200, manual: true })
  const { claim } = await checks.step('¥1,200 with the passkey', () => payBy(holder, link, true))
  checks.that('the person saw shop, amount and lines', claim.content.amount === 1200)
  const authorized = await merchant.payments.get(payment.id)
  checks.that('authorized and not yet captured', authorized.amount_capturable === 1200)
  const seen = authorized.card
  checks.that(
    'the shop sees a reference and four digits',
    seen?.last4.length === 4,
    seen?.reference,
  )
  const captured = await checks.step('the shop captures ¥1,000 of it', () =>
    merchant.payments.capture(payment.id, { amount: 1000 }),
  )
  checks.that('the rest is released', captured.amount_captured === 1000)
  await checks.step('the shop gives ¥400 back', () =>
    merchant.payments.refund(payment.id, { amount: 400 }),
  )
  const left = await availableOf(holder)
  checks.that('the card paid ¥900 in all', limit - left === 900, String(limit - left))
}

/** What is left on the card. */
export async function availableOf({ terminal, card }: Holder): Promise<number> {
  const found = (await terminal.cards()).find(({ id }) => id === card)
  if (found === undefined) throw new Error('the card is not in the list of cards')
  return found.available
}

/** A sale is captured by the platform itself, moments after the yes. */
async function settledDown({ merchant }: World, id: Id<'pay'>): Promise<Reply<'getPayment'>> {
  for (let patience = 200; ; patience -= 1) {
    const shown = await merchant.payments.get(id)
    if (shown.status !== 'authorized' || patience === 0) return shown
    await sleep(100)
  }
}
