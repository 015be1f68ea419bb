/** What the clock found left in clearing after a day had ended: none, where all is well. */
import { useWords } from '@warifu/web/kit'
import {
  type Column,
  codeColumn,
  countColumn,
  moneyColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { moneyWords } from './words-money.ts'

const columns: readonly Column<RowOf<'listLedgerAlerts'>>[] = [
  timeColumn('time', ({ at }) => at),
  wordColumn('kind', ({ kind }) => kind),
  codeColumn('account', ({ account }) => account),
  countColumn('lane', ({ lane }) => lane),
  moneyColumn('amount', (row) => row),
]

export function LedgerAlerts() {
  const say = useWords(moneyWords)
  return (
    <ListPart
      title={say('alerts')}
      name="listLedgerAlerts"
      columns={columns}
      keyOf={({ id }) => id}
      lead={<p className="hint">{say('alertsLead')}</p>}
    />
  )
}
