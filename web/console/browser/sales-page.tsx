/** Everything that was sold, by card or otherwise, and what it comes to. */
import { useQuery } from '@tanstack/react-query'
import { Amount, useWords } from '@warifu/web/kit'
import { askedOf } from './asked-of.ts'
import { useCall } from './calling.ts'
import {
  type Column,
  moneyColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { standingOf } from './payment.ts'
import { useRoute } from './route.tsx'
import { StateWord } from './states.tsx'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'

type Sale = RowOf<'listSales'>

const columns: readonly Column<Sale>[] = [
  timeColumn('time', ({ sold_at }) => sold_at),
  stateColumn('status', standingOf),
  moneyColumn('amount', (row) => row),
  wordColumn('kind', ({ kind, presentment }) => presentment ?? kind),
  textColumn('reference', ({ merchant_reference }) => merchant_reference),
  moneyColumn('refunded', ({ amount_refunded: amount, currency }) =>
    amount === 0 ? null : { amount, currency },
  ),
]

export function SalesPage() {
  const say = useWords(shellWords)
  return (
    <ListPage
      title={say('sales')}
      name="listSales"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => (id.startsWith('pay_') ? `/payments/${id}` : undefined)}
      lead={<Totals />}
    />
  )
}

/** Of the same time as the list. */
function Totals() {
  const say = useWords(moneyWords)
  const call = useCall()
  const { query } = useRoute()
  const asked = askedOf('totalSales', query)
  const { data } = useQuery({
    queryKey: ['sales', 'totals', asked],
    queryFn: () => call('totalSales', { query: asked }),
  })
  const totals = data?.data ?? []
  if (totals.length === 0) return null
  return (
    <dl className="tallies" aria-label={say('totals')}>
      {totals.map(({ kind, currency, count, net, refunded }) => (
        <div key={kind + currency} className="tally">
          <dt>
            <StateWord of={kind} />
          </dt>
          <dd>
            <Amount amount={net} currency={currency} size="medium" />
          </dd>
          <dd className="small">
            {say('salesCount', { count: String(count) })}
            {refunded === 0 ? null : (
              <>
                {' · '}
                {say('givenBack')} <Amount amount={refunded} currency={currency} />
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
