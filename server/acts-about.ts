/**
 * What an act that waits for a second person is done to: whose card, which merchant, what stands
 * there today. The content alone names ids and minor units; nobody should agree to those.
 */
import { type Id, isId } from '@warifu/protocol/ids'
import type { ActKind } from '@warifu/protocol/operator-objects'
import type { AboutAct } from '#api'
import { type Issuing, readProgram, termsNow } from '#issuing'
import { foundMerchant } from '#merchants'
import type { Payments } from '#payments'
import { findOperators } from '#people'
import type { Store } from '#store'

type Needs = { readonly store: Store; readonly issuing: Issuing; readonly payments: Payments }
type Asked = Parameters<AboutAct>[0]
type About = Awaited<ReturnType<AboutAct>>
type Told = Partial<About>

const unknown: About = { name: null, last4: null, currency: null, amount: null, now: {} }

export const aboutActs =
  (needs: Needs): AboutAct =>
  async (asked) => ({ ...unknown, ...(await told[asked.act](needs, asked)) })

const told: Readonly<Record<ActKind, (needs: Needs, asked: Asked) => Promise<Told>>> = {
  'account.fund': (needs, { content, nowMs }) => ofCard(needs, String(content['card']), nowMs),
  'adjustment.make': (needs, { subject, content, nowMs }) =>
    isId('crd', subject)
      ? ofCard(needs, subject, nowMs)
      : ofMerchant(needs, subject).then((of) => ({ ...of, currency: String(content['currency']) })),
  'application.decide': (needs, asked) => ofApplication(needs, asked),
  'program.change': (needs, asked) => ofProgram(needs, asked),
  'merchant.close': (needs, { subject }) => ofMerchant(needs, subject),
  'operator.end': (needs, { subject }) => ofOperator(needs, subject),
  'xray.link': (needs, { subject }) => ofPayment(needs, subject),
}

const programNamed = async ({ store }: Needs, id: Id<'prg'>): Promise<Told> => {
  const program = await readProgram(store.sql, id)
  return program === undefined ? {} : { name: program.name, currency: program.currency }
}

/** Of whom a card is, its program and its digits say; a name is not for everybody who agrees. */
async function ofCard(needs: Needs, id: string, nowMs: number): Promise<Told> {
  const card = isId('crd', id) ? await needs.issuing.card(id, nowMs) : undefined
  if (card === undefined) return {}
  return { ...(await programNamed(needs, card.program)), last4: card.last4 }
}

async function ofApplication(needs: Needs, { subject, nowMs }: Asked): Promise<Told> {
  const found = isId('app', subject) ? await needs.issuing.application(subject, nowMs) : undefined
  if (found === undefined) return {}
  return { ...(await programNamed(needs, found.program)), name: found.facts.name }
}

async function ofProgram({ store }: Needs, { subject, content }: Asked): Promise<Told> {
  const program = isId('prg', subject) ? await readProgram(store.sql, subject) : undefined
  if (program === undefined) return {}
  const { name, currency } = program
  return { name, currency, now: { ...termsNow(program, content) } }
}

async function ofMerchant({ store }: Needs, id: string): Promise<Told> {
  const merchant = isId('mer', id) ? await foundMerchant(store.sql, id) : undefined
  return merchant === undefined ? {} : { name: merchant.name }
}

async function ofOperator({ store }: Needs, id: string): Promise<Told> {
  const asked = { limit: 1, before: undefined }
  const [operator] = isId('opr', id) ? await findOperators(store.sql, { ...asked, id }) : []
  return operator === undefined ? {} : { name: operator.name }
}

async function ofPayment({ payments }: Needs, id: string): Promise<Told> {
  const payment = isId('pay', id) ? await payments.any(id) : undefined
  if (payment === undefined) return {}
  return { name: payment.payee.name, amount: payment.amount, currency: payment.currency }
}
