/**
 * Money that people move: adjustments, each for a reason, by two persons, once for each reference;
 * and what a cardholder repays.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { append } from '#events'
import { foundMerchant } from '#merchants'
import { askSecond, type Waiting } from '#people'
import type { Db, Tx } from '#store'
import type { Page } from './reading.ts'
import type { RunNeeds } from './settling.ts'

export type AdjustmentRow = {
  readonly id: Id<'adj'>
  readonly merchant: Id<'mer'> | null
  readonly card: Id<'crd'> | null
  readonly amount: number
  readonly currency: string
  readonly reason: string
  readonly reference: string
  readonly reverses: Id<'adj'> | null
  readonly asked_by: Id<'opr'>
  readonly by: Id<'opr'>
  readonly created_ms: number
}

export type Adjusting = {
  readonly whose:
    | { readonly merchant: Id<'mer'> }
    | { readonly card: Id<'crd'>; readonly cardholder: Id<'chl'> }
  /** Above zero it is given, below it is taken. */
  readonly amount: number
  readonly currency: string
  readonly reason: string
  readonly reference: string
  readonly reverses: Id<'adj'> | null
  readonly by: Id<'opr'>
  readonly nowMs: number
}

export type Adjusted = {
  readonly adjustment: AdjustmentRow | null
  readonly waiting: Waiting | null
}

export async function adjust(needs: RunNeeds, asked: Adjusting): Promise<Answer<Adjusted>> {
  return needs.store.transaction(async (tx): Promise<Answer<Adjusted>> => {
    const before = await adjustmentNamed(tx, asked.reference)
    if (before !== undefined)
      return isSame(before, asked)
        ? done({ adjustment: before, waiting: null })
        : refused('idempotency_key_reused', 'reference')
    const fault = await faultOf(tx, asked)
    if (fault !== undefined) return fault
    const first = await firstPerson(tx, asked)
    const waiting = await askSecond(tx, secondAsked(needs, asked))
    if (waiting !== undefined) return done({ adjustment: null, waiting })
    if (first === undefined) throw new Error('a second person without a first')
    return carryOut(tx, needs, { ...asked, askedBy: first })
  })
}

const subjectOf = ({ whose }: Adjusting): Id<'mer'> | Id<'crd'> =>
  'merchant' in whose ? whose.merchant : whose.card

const secondAsked = ({ mint }: RunNeeds, asked: Adjusting) => {
  const { amount, currency, reason, reference, reverses, by, nowMs } = asked
  const content = { amount, currency, reason, reference, reverses }
  const subject = subjectOf(asked)
  return { id: mint('req'), act: 'adjustment.make', subject, content, by, nowMs }
}

/** Who asked first, where somebody did: their name stays with what is done. */
async function firstPerson(tx: Tx, asked: Adjusting): Promise<Id<'opr'> | undefined> {
  const [row] = await tx<{ by: Id<'opr'> }[]>`
    select by from people.first_person(
      'adjustment.make', ${subjectOf(asked)}, ${asked.nowMs}) as by`
  return row?.by ?? undefined
}

/** One that takes another back takes back all of it, from the same. */
async function faultOf(tx: Tx, asked: Adjusting): Promise<Answer<never> | undefined> {
  if (asked.amount === 0) return refused('field_invalid', 'amount', 'not zero')
  if ('merchant' in asked.whose && !(await foundMerchant(tx, asked.whose.merchant)))
    return refused('not_found', 'merchant')
  if (asked.reverses === null) return undefined
  const [other] = await tx<{ row: AdjustmentRow }[]>`
    select to_jsonb(a) as row from settlement.adjustment a where a.id = ${asked.reverses}`
  if (other === undefined) return refused('not_found', 'reverses')
  const { row } = other
  const fits =
    row.amount === -asked.amount &&
    row.currency === asked.currency &&
    (row.merchant ?? row.card) === subjectOf(asked)
  return fits ? undefined : refused('field_invalid', 'reverses', 'the same sum of the same, back')
}

async function adjustmentNamed(db: Db, reference: string): Promise<AdjustmentRow | undefined> {
  const [found] = await db<{ row: AdjustmentRow }[]>`
    select to_jsonb(a) as row from settlement.adjustment a where a.reference = ${reference}`
  return found?.row
}

const isSame = (row: AdjustmentRow, asked: Adjusting): boolean =>
  (row.merchant ?? row.card) === subjectOf(asked) &&
  row.amount === asked.amount &&
  row.currency === asked.currency &&
  row.reason === asked.reason &&
  row.reverses === asked.reverses

type Agreed = Adjusting & { readonly askedBy: Id<'opr'> }

async function carryOut(tx: Tx, needs: RunNeeds, agreed: Agreed): Promise<Answer<Adjusted>> {
  const { whose, amount, currency, reason, reference, reverses, askedBy, by, nowMs } = agreed
  const lane = laneOf(subjectOf(agreed))
  const id = needs.mint('adj', lane)
  const code = await move(tx, { agreed, id })
  if (code !== 'ok') throw new RefusedAdjustment(code)
  const merchant = 'merchant' in whose ? whose.merchant : null
  const card = 'card' in whose ? whose.card : null
  const [made] = await tx<{ row: AdjustmentRow }[]>`
    insert into settlement.adjustment (lane, id, merchant, card, amount, currency, reason,
                                       reference, reverses, asked_by, by, created_ms)
    values (${lane}, ${id}, ${merchant}, ${card}, ${amount}, ${currency}, ${reason}, ${reference},
            ${reverses}, ${askedBy}, ${by}, ${nowMs})
    returning to_jsonb(adjustment) as row`
  if (made === undefined) throw new Error('an adjustment that was made is not there')
  const audience = 'merchant' in whose ? whose.merchant : whose.cardholder
  const type = 'merchant' in whose ? 'adjustment.made' : 'account.adjusted'
  const data = { amount, currency, reason }
  const event = { id: needs.mint('evt', lane), audience, type, subject: id, sequence: 1 } as const
  await append(tx, [{ ...event, data }], nowMs)
  return done({ adjustment: made.row, waiting: null })
}

/** Undoes the transaction: the question to the second person stands as it was. */
class RefusedAdjustment extends Error {
  readonly code: Moved
  constructor(code: Moved) {
    super(`the ledger refused the adjustment: ${code}`)
    this.code = code
  }
}

type Moved = 'ok' | 'seen' | 'not_found' | 'currency_mismatch' | 'insufficient_funds'

type Moving = { readonly agreed: Agreed; readonly id: Id<'adj'> }

async function move(tx: Tx, { agreed: { whose, amount, currency, nowMs }, id }: Moving) {
  const [row] =
    'merchant' in whose
      ? await tx<{ code: Moved }[]>`
          select ledger.correct_payable(
            ${laneOf(whose.merchant)}::smallint, ${whose.merchant}, ${id}, ${amount}, ${currency},
            ${nowMs}) as code`
      : await tx<{ code: Moved }[]>`
          select ledger.correct(${laneOf(whose.card)}::smallint, a.account, 'adjustment', ${id},
                                ${amount}, ${currency}, ${nowMs}) as code
            from ledger.account_of(${whose.card}) a`
  return row?.code ?? 'not_found'
}

/** As `adjust`; what the ledger refuses is a refusal. */
export async function adjustOrRefuse(needs: RunNeeds, asked: Adjusting): Promise<Answer<Adjusted>> {
  try {
    return await adjust(needs, asked)
  } catch (fault) {
    if (!(fault instanceof RefusedAdjustment)) throw fault
    return refused(fault.code === 'ok' || fault.code === 'seen' ? 'not_found' : fault.code)
  }
}

/** Newest first. */
export async function listAdjustments(db: Db, { limit, before }: Page): Promise<AdjustmentRow[]> {
  const rows = await db<{ row: AdjustmentRow }[]>`
    select to_jsonb(a) as row from settlement.adjustment a
     where (${before ?? null}::text is null or a.id < ${before ?? null})
     order by a.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

export type Repaying = {
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  readonly amount: number
  readonly currency: string
  readonly reference: string
  readonly nowMs: number
}

export async function repay(
  { store, mint }: RunNeeds,
  { card, cardholder, amount, currency, reference, nowMs }: Repaying,
): Promise<Answer<{ readonly owed: number }>> {
  const lane = laneOf(card)
  return store.transaction(async (tx) => {
    const [row] = await tx<{ code: Moved | 'idempotency_key_reused'; account: string }[]>`
      select ledger.correct(${lane}::smallint, a.account, 'repay', ${reference}, ${amount},
                            ${currency}, ${nowMs}) as code, a.account
        from ledger.account_of(${card}) a`
    if (row === undefined) return refused('not_found')
    if (row.code !== 'ok' && row.code !== 'seen') return refused(row.code)
    if (row.code === 'ok') {
      const id = mint('rpy', lane)
      const about = { audience: cardholder, type: 'account.repaid', subject: id } as const
      const data = { amount, currency, reference }
      await append(tx, [{ id: mint('evt', lane), ...about, sequence: 1, data }], nowMs)
    }
    const [now] = await tx<{ owed: bigint }[]>`
      select ledger.owed_at(${lane}::smallint, ${row.account}, ${nowMs + 1}) as owed`
    return done({ owed: Number(now?.owed ?? 0n) })
  })
}
