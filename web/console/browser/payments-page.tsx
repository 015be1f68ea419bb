/** Payments: a merchant's own, or those of all merchants. */
import { useWords } from '@warifu/web/kit'
import {
  type Column,
  last4Column,
  moneyColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { standingOf } from './payment.ts'
import { useDecline } from './reasons.ts'
import { useSession } from './session.tsx'
import { shellWords } from './words-shell.ts'

type Common = Pick<
  RowOf<'findPayments'>,
  | 'amount'
  | 'amount_captured'
  | 'amount_refunded'
  | 'created_at'
  | 'currency'
  | 'declined_because'
  | 'id'
  | 'merchant_reference'
  | 'presentment'
  | 'status'
> & { readonly card: { readonly last4: string | null } | null }

const Why = ({ code }: { readonly code: string }) => {
  const decline = useDecline()
  return <span title={code}>{decline(code)}</span>
}

const status = stateColumn<Common>('status', standingOf)
const amount = moneyColumn<Common>('amount', (row) => row)
const tail: readonly Column<Common>[] = [
  last4Column<Common>('card', ({ card }) => card?.last4),
  wordColumn<Common>('presentment', ({ presentment }) => presentment),
  {
    ...textColumn<Common>('reason', ({ declined_because }) => declined_because),
    show: ({ declined_because: code }: Common) => (code === null ? '–' : <Why code={code} />),
  },
]
const reference = textColumn<Common>('reference', (row) => row.merchant_reference)
const time = timeColumn<Common>('time', ({ created_at }) => created_at)

const own: readonly Column<RowOf<'listPayments'>>[] = [time, status, amount, ...tail, reference]
const all: readonly Column<RowOf<'findPayments'>>[] = [
  time,
  status,
  amount,
  textColumn<RowOf<'findPayments'>>('merchant', ({ merchant }) => merchant.name),
  ...tail,
  reference,
]

const keyOf = ({ id }: { readonly id: string }) => id
const leadsTo = ({ id }: { readonly id: string }) => `/payments/${id}`

export function PaymentsPage() {
  const say = useWords(shellWords)
  const { may } = useSession()
  const shared = { title: say('payments'), keyOf, leadsTo }
  return may('findPayments') ? (
    <ListPage name="findPayments" columns={all} {...shared} />
  ) : (
    <ListPage name="listPayments" columns={own} {...shared} />
  )
}
