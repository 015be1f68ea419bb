/** A card as its owner reads it: history, money, bounds and what is left of them. */
import type { Id } from '@warifu/protocol/ids'
import type { left } from '@warifu/protocol/issuing-objects'
import type { CardStatus } from '@warifu/protocol/moves'
import type { Static } from 'typebox'
import { type Spending, spendings, standings } from '#ledger'
import { payeeOf } from '#merchants'
import type { Db } from '#store'
import type { CardRow } from './card.ts'
import { boundsOf, narrowed, noControls } from './controls.ts'
import { type Program, programsOf } from './program.ts'

type MoveRow = {
  readonly card: Id<'crd'>
  readonly from: CardStatus | null
  readonly to: CardStatus
  readonly reason: string
  readonly actor: string
  readonly atMs: bigint
}

export type CardView = CardRow & {
  readonly currency: string
  readonly funding: Program['funding']
  readonly usage: Program['usage']
  readonly creditLimit: bigint
  readonly available: bigint
  /** The program's bounds. */
  readonly bounds: ReturnType<typeof boundsOf>
  readonly left: Static<typeof left>
  readonly lockedTo: string | null
  readonly history: readonly MoveRow[]
}

export async function viewCards(
  db: Db,
  cards: readonly CardRow[],
  nowMs: number,
): Promise<CardView[]> {
  if (cards.length === 0) return []
  const ids = cards.map(({ id }) => id)
  const moves = await db<MoveRow[]>`
    select card, from_state as "from", to_state as "to", reason, actor, at_ms as "atMs"
      from issuing.card_move where card in ${db(ids)} order by card, seq`
  const programs = await programsOf(
    db,
    cards.map(({ program }) => program),
  )
  const money = await standings(db, ids)
  const spent = await spendings(db, ids, nowMs)
  const names = await namesOf(db, spent)
  return cards.map((card) => {
    const program = programs.find(({ id }) => id === card.program)
    const standing = money.find((one) => one.card === card.id)
    const spending = spent.find((one) => one.card === card.id)
    if (program === undefined || standing === undefined || spending === undefined)
      throw new Error('a card without program or account')
    const { currency, funding, usage } = program
    const { creditLimit, available } = standing
    const bounds = boundsOf(program)
    const history = moves.filter((move) => move.card === card.id)
    const lockedTo = spending.lockedTo && (names.get(spending.lockedTo) ?? spending.lockedTo)
    const about = { currency, funding, usage, creditLimit, available, bounds, lockedTo, history }
    return { ...card, ...about, left: leftOf(narrowed(bounds, card.own ?? noControls), spending) }
  })
}

/** The names of the shops that cards have locked themselves to. */
async function namesOf(db: Db, spent: readonly Spending[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const { lockedTo } of spent) {
    const payee = lockedTo === null || names.has(lockedTo) ? undefined : await payeeOf(db, lockedTo)
    if (payee !== undefined) names.set(payee.id, payee.name)
  }
  return names
}

type Bounds = ReturnType<typeof boundsOf>

const rest = (bound: number | null, spent: number): number => Math.max(0, (bound ?? 0) - spent)
const restOf = (bound: number | null, spent: number): number | null =>
  bound === null ? null : rest(bound, spent)

function leftOf(bounds: Bounds, spending: Spending): CardView['left'] {
  return {
    per_day: rest(bounds.per_day, Number(spending.day)),
    per_month: rest(bounds.per_month, Number(spending.month)),
    count_day: restOf(bounds.count_day, spending.dayCount),
    count_month: restOf(bounds.count_month, spending.monthCount),
    uses: spending.usesLeft,
  }
}
