/** What a payment left in the ledger: every leg on the account that paid it. */
import { useWords } from '@warifu/web/kit'
import { type Column, codeColumn, moneyColumn, timeColumn, wordColumn } from './columns.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { moneyWords } from './words-money.ts'

type Leg = RowOf<'readLegs'>

const columns: readonly Column<Leg>[] = [
  timeColumn('time', ({ at }) => at),
  wordColumn('entry', ({ entry }) => entry),
  codeColumn('account', ({ account }) => account),
  wordColumn('layer', ({ layer }) => layer),
  moneyColumn('amount', (row) => row),
]
const keyOf = ({ at, entry, reference, account, layer, amount }: Leg) =>
  [at, entry, reference, account, layer, amount].join()

export function Legs({ payment }: { readonly payment: string }) {
  const say = useWords(moneyWords)
  const params = { id: payment }
  return <ListPart title={say('legs')} name="readLegs" {...{ params, columns, keyOf }} />
}
