/** Cards of all programs. Names are shown to those who decide about people, and to the auditor. */
import { useWords } from '@warifu/web/kit'
import {
  type Column,
  codeColumn,
  last4Column,
  monthColumn,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { ListPage, ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { useSession } from './session.tsx'
import { cardWords } from './words-cards.ts'
import { shellWords } from './words-shell.ts'

const columns: readonly Column<RowOf<'findCards'>>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  last4Column('card', ({ last4 }) => last4),
  monthColumn('expires', ({ expires }) => expires),
  textColumn('program', ({ program }) => program.name),
  textColumn('cardholder', ({ cardholder }) => cardholder.name ?? cardholder.id),
]

const holders: readonly Column<RowOf<'findCardholders'>>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  textColumn('name', ({ name }) => name, 'minmax(0, 2fr)'),
  codeColumn('id', ({ id }) => id, 'minmax(0, 2fr)'),
]

/** People, for those who may know their names; a row leads to their cards. */
function Cardholders() {
  const say = useWords(cardWords)
  return (
    <ListPart
      title={say('cardholders')}
      name="findCardholders"
      columns={holders}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/cards?cardholder=${id}`}
    />
  )
}

export function CardsPage() {
  const say = useWords(shellWords)
  const { may } = useSession()
  return (
    <>
      <ListPage
        title={say('cards')}
        name="findCards"
        columns={columns}
        keyOf={({ id }) => id}
        leadsTo={({ id }) => `/cards/${id}`}
      />
      {may('findCardholders') ? <Cardholders /> : null}
    </>
  )
}
