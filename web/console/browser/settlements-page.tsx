/** What merchants are paid: a day each, with what it is made of, and the payouts. */
import type { Reply } from '@warifu/protocol/contract'
import { Amount, useWords } from '@warifu/web/kit'
import { ActButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  dayColumn,
  moneyColumn,
  stateColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage, ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { OnePage, Panel, useOne } from './one.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'
import { useWritten } from './written.ts'

type Settlement = RowOf<'listSettlements'>
type Part = 'gross' | 'refunds' | 'fees' | 'adjustments' | 'carried' | 'net'

const of = (part: Part) => (row: Settlement) => ({ amount: row[part], currency: row.currency })
const stateOf = ({ status, stopped }: Settlement) => (stopped ? 'stopped' : status)

const parts: readonly Column<Settlement>[] = [
  dayColumn('day', ({ day }) => day),
  stateColumn('status', stateOf),
  moneyColumn('gross', of('gross')),
  moneyColumn('refunds', of('refunds')),
  moneyColumn('fees', of('fees')),
  moneyColumn('adjusted', of('adjustments')),
  moneyColumn('carried', of('carried')),
  moneyColumn('net', of('net')),
]
const all = [codeColumn<Settlement>('merchant', ({ merchant }) => merchant), ...parts]

const keyOf = ({ id }: Settlement) => id
const leadsTo = ({ id }: Settlement) => `/settlements/${id}`

export function SettlementsPage() {
  const say = useWords(shellWords)
  const { may } = useSession()
  const shared = { title: say('settlements'), keyOf, leadsTo }
  return may('searchSettlements') ? (
    <ListPage name="searchSettlements" columns={all} {...shared} />
  ) : (
    <ListPage name="listSettlements" columns={parts} lead={<Balances />} {...shared} />
  )
}

/** What a merchant is owed and is in no payout yet. */
function Balances() {
  const say = useWords(moneyWords)
  const { data } = useOne('listBalances')
  const owed = data?.data ?? []
  if (owed.length === 0) return null
  return (
    <dl className="tallies" aria-label={say('balances')}>
      {owed.map(({ currency, amount }) => (
        <div key={currency} className="tally">
          <dt>{say('balances')}</dt>
          <dd>
            <Amount amount={amount} currency={currency} size="medium" />
          </dd>
        </div>
      ))}
    </dl>
  )
}

type Item = RowOf<'listSettlementItems'>

const items: readonly Column<Item>[] = [
  timeColumn('time', ({ at }) => at),
  wordColumn('entry', ({ entry }) => entry),
  codeColumn('about', ({ reference }) => reference),
  codeColumn('payment', ({ payment }) => payment),
]
/** The currency is the settlement's; an item of it says the amount alone. */
const itemsIn = (currency: string): readonly Column<Item>[] => [
  ...items,
  moneyColumn('amount', ({ amount }) => ({ amount, currency })),
]
const itemKey = ({ entry, reference }: Item) => entry + reference
const itemTo = ({ payment }: Item) => `/payments/${payment}`

/** A merchant reads its own; the platform's people hold any run and let it go on. */
export function SettlementPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayMoney = useWords(moneyWords)
  const { may } = useSession()
  const [one, list] = may('getSettlement')
    ? (['getSettlement', 'listSettlementItems'] as const)
    : (['readSettlement', 'readSettlementItems'] as const)
  const written = useWritten()
  const back = { to: '/settlements', name: say('settlements') }
  return (
    <OnePage name={one} id={id} back={back} title={({ day }) => written.day(day)}>
      {(found) => (
        <>
          <Panel title={sayMoney('sum')}>
            <Sum settlement={found} />
            {found.status === 'collecting' ? <Run settlement={found} /> : null}
          </Panel>
          <ListPart
            title={sayMoney('items')}
            name={list}
            params={{ id }}
            columns={itemsIn(found.currency)}
            keyOf={itemKey}
            leadsTo={itemTo}
          />
        </>
      )}
    </OnePage>
  )
}

const Sum = ({ settlement }: { readonly settlement: Reply<'getSettlement'> }) => (
  <Facts
    facts={[
      ['status', { state: stateOf(settlement) }],
      ['gross', { money: of('gross')(settlement) }],
      ['refunds', { money: of('refunds')(settlement) }],
      ['fees', { money: of('fees')(settlement) }],
      ['adjusted', { money: of('adjustments')(settlement) }],
      ['carried', { money: of('carried')(settlement) }],
      ['net', { money: of('net')(settlement) }],
      ['merchant', { code: settlement.merchant }],
      ['zone', { text: settlement.zone }],
      ['payout', { code: settlement.payout }],
      ['closed', { time: settlement.closed_at }],
    ]}
  />
)

function Run({ settlement: { id } }: { readonly settlement: Settlement }) {
  const say = useWords(moneyWords)
  const call = useCall()
  const stale = useStale()
  const { may } = useSession()
  if (!may('stopSettlement')) return null
  const params = { id }
  return (
    <div className="acts">
      <ActButton
        name={say('stopRun')}
        work={() => call('stopSettlement', { params }).then(stale)}
      />
      <ActButton
        name={say('resumeRun')}
        work={() => call('resumeSettlement', { params }).then(stale)}
      />
    </div>
  )
}
