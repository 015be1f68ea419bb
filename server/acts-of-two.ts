/**
 * Acts that need a second person and touch rooms that do not see each other; and how each act is
 * carried out when somebody agrees to it: asked for again, word for word, as its second person.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId, type Mint } from '@warifu/protocol/ids'
import type { ActKind } from '@warifu/protocol/operator-objects'
import type { AskLink, CarryOut, Dangerous } from '#api'
import { changeOf, type Issuing } from '#issuing'
import { closeMerchant, foundMerchant } from '#merchants'
import { askSecond, endMerchantUsers, endOperator, findOperators } from '#people'
import type { Settlement } from '#settlement'
import type { Store } from '#store'

type Needs = {
  readonly store: Store
  readonly mint: Mint
  readonly issuing: Issuing
  readonly settlement: Settlement
}

export type ActsOfTwo = {
  readonly dangerous: Dangerous
  readonly askLink: AskLink
  readonly carryOut: Readonly<Record<ActKind, CarryOut>>
}

export function actsOfTwo(needs: Needs): ActsOfTwo {
  const dangerous: Dangerous = {
    changeProgram: needs.issuing.changeProgram,
    closeMerchant: (asked) => close(needs, asked),
    endOperator: (asked) => end(needs, asked),
  }
  const askLink: AskLink = ({ payment: subject, hours, by, nowMs }) =>
    needs.store.transaction((tx) => {
      const asked = { id: needs.mint('req'), act: 'xray.link', subject, by, nowMs }
      return askSecond(tx, { ...asked, content: { hours } })
    })
  return { dangerous, askLink, carryOut: carriedOut(needs, dangerous, askLink) }
}

type Closing = Parameters<Dangerous['closeMerchant']>[0]

const close = ({ store, mint }: Needs, { merchant: id, by, nowMs }: Closing) =>
  store.transaction(async (tx): ReturnType<Dangerous['closeMerchant']> => {
    const found = await foundMerchant(tx, id)
    if (found === undefined || found.closedMs !== null) return refused('not_found')
    const asked = { id: mint('req'), act: 'merchant.close', subject: id, by, nowMs }
    const waiting = await askSecond(tx, { ...asked, content: { name: found.name } })
    if (waiting !== undefined) return done({ merchant: found, waiting })
    await closeMerchant(tx, id, nowMs)
    await endMerchantUsers(tx, { merchant: id }, nowMs)
    const closed = await foundMerchant(tx, id)
    return closed ? done({ merchant: closed, waiting: null }) : refused('not_found')
  })

type Ending = Parameters<Dangerous['endOperator']>[0]

const end = ({ store, mint }: Needs, { operator: id, by, nowMs }: Ending) =>
  store.transaction(async (tx): ReturnType<Dangerous['endOperator']> => {
    const [found] = await findOperators(tx, { limit: 1, before: undefined, id })
    if (found === undefined || found.endedMs !== null) return refused('not_found')
    const asked = { id: mint('req'), act: 'operator.end', subject: id, by, nowMs }
    const waiting = await askSecond(tx, { ...asked, content: { name: found.name } })
    if (waiting !== undefined) return done({ operator: found, waiting })
    await endOperator(tx, found.name, nowMs)
    return done({ operator: { ...found, endedMs: BigInt(nowMs) }, waiting: null })
  })

/** A row that this house wrote itself says what it cannot say: a bug. */
function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`an act without ${what}`)
  return value
}

const payment = (text: string): Id<'pay'> => must(isId('pay', text) ? text : undefined, 'payment')

type Table = Readonly<Record<ActKind, CarryOut>>

/** Of a merchant or of a card's account, as the subject says. */
async function adjustAs(
  { issuing, settlement }: Needs,
  { subject, content, by, nowMs }: Parameters<CarryOut>[0],
) {
  const card = isId('crd', subject) ? await issuing.card(subject, nowMs) : undefined
  const merchant = isId('mer', subject) ? subject : undefined
  const whose = card
    ? { card: card.id, cardholder: card.cardholder }
    : { merchant: must(merchant, 'whose') }
  const reverses = content['reverses']
  return settlement.adjust({
    whose,
    amount: Number(content['amount']),
    currency: String(content['currency']),
    reason: String(content['reason']),
    reference: String(content['reference']),
    reverses: typeof reverses === 'string' && isId('adj', reverses) ? reverses : null,
    by,
    nowMs,
  })
}

const carriedOut = (needs: Needs, dangerous: Dangerous, askLink: AskLink): Table => ({
  'application.decide': async ({ subject, content, by, nowMs }) => {
    const id = must(isId('app', subject) ? subject : undefined, 'application')
    const { result, limit } = content
    const verdict = {
      result: result === 'approve' ? ('approve' as const) : ('refuse' as const),
      limit: typeof limit === 'number' ? limit : undefined,
      // Written by decideByPerson from the same list.
      reason: content['reason'] as Parameters<Issuing['decideByPerson']>[0]['verdict']['reason'],
    }
    return needs.issuing.decideByPerson({ id, verdict, by, nowMs })
  },
  'account.fund': async ({ content, by, nowMs }) => {
    const id = String(content['card'])
    const card = must(isId('crd', id) ? id : undefined, 'card')
    const [amount, currency] = [Number(content['amount']), String(content['currency'])]
    const reference = String(content['reference'])
    return needs.issuing.fund({ card, amount, currency, reference, by, nowMs })
  },
  'adjustment.make': (asked) => adjustAs(needs, asked),
  'program.change': async ({ subject, content, by, nowMs }) => {
    const id = must(isId('prg', subject) ? subject : undefined, 'program')
    return needs.issuing.changeProgram({ id, change: changeOf(content), by, nowMs })
  },
  'merchant.close': async ({ subject, by, nowMs }) => {
    const merchant = must(isId('mer', subject) ? subject : undefined, 'merchant')
    return dangerous.closeMerchant({ merchant, by, nowMs })
  },
  'operator.end': async ({ subject, by, nowMs }) => {
    const operator = must(isId('opr', subject) ? subject : undefined, 'operator')
    return dangerous.endOperator({ operator, by, nowMs })
  },
  'xray.link': async ({ subject, content, by, nowMs }): Promise<Answer<unknown>> => {
    const hours = Number(content['hours'])
    return done(await askLink({ payment: payment(subject), hours, by, nowMs }))
  },
})
