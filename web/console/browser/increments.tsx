/** What was asked for on top of a payment, and what was said to it; most payments have none. */
import { useWords } from '@warifu/web/kit'
import { type Column, codeColumn, moneyColumn, stateColumn, timeColumn } from './columns.tsx'
import { ListPart } from './list-page.tsx'
import { type RowOf, useList } from './list-query.ts'
import { useDecline } from './reasons.ts'
import { paymentWords } from './words-payment.ts'

type Increment = RowOf<'listIncrements'>

const Why = ({ code }: { readonly code: string }) => <>{useDecline()(code)}</>

const columns: readonly Column<Increment>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  moneyColumn('amount', (row) => row),
  stateColumn('status', ({ status }) => status),
  {
    ...codeColumn<Increment>('reason', ({ declined_because }) => declined_because),
    show: ({ declined_because: code }) => (code === null ? null : <Why code={code} />),
  },
  codeColumn('id', ({ id }) => id),
]
const none = {}

export function Increments({ payment }: { readonly payment: string }) {
  const say = useWords(paymentWords)
  const params = { id: payment }
  const { rows = [] } = useList('listIncrements', none, params)
  if (rows.length === 0) return null
  return (
    <ListPart
      title={say('increments')}
      name="listIncrements"
      keyOf={({ id }) => id}
      {...{ params, columns }}
    />
  )
}
