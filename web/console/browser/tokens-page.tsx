/** The tokens that a merchant keeps for its customers' cards: whose, since when, and for what. */
import { useWords } from '@warifu/web/kit'
import { type Column, codeColumn, last4Column, stateColumn, timeColumn } from './columns.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { shellWords } from './words-shell.ts'

const columns: readonly Column<RowOf<'listTokens'>>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  stateColumn('status', ({ deleted_at }) => (deleted_at === null ? 'active' : 'removed')),
  last4Column('card', ({ card }) => card.last4),
  codeColumn('reference', ({ card }) => card.reference, 'minmax(0, 2fr)'),
  codeColumn('id', ({ id }) => id, 'minmax(0, 2fr)'),
]

export function TokensPage() {
  const say = useWords(shellWords)
  return (
    <ListPage title={say('tokens')} name="listTokens" columns={columns} keyOf={({ id }) => id} />
  )
}
