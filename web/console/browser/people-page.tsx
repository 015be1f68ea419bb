/** Who works here: roles, passkeys, when they were last seen; and the end of somebody's access. */
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { OpenButton } from './act-button.tsx'
import { AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  countColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordsColumn,
} from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { useSession } from './session.tsx'
import { peopleWords } from './words-people.ts'
import { shellWords } from './words-shell.ts'

type Operator = RowOf<'findOperators'>

const stateOf = ({ ended_at }: Operator) => (ended_at === null ? 'active' : 'ended')
const columns: readonly Column<Operator>[] = [
  textColumn('name', ({ name }) => name, 'minmax(0, 1.8fr)'),
  stateColumn('status', stateOf, 'minmax(0, 1fr)'),
  wordsColumn('roles', ({ roles }) => roles),
  countColumn('passkeys', ({ passkeys }) => passkeys),
  timeColumn('seen', ({ last_seen_at }) => last_seen_at),
  timeColumn('created', ({ created_at }) => created_at),
  codeColumn('id', ({ id }) => id),
]

export function PeoplePage() {
  const say = useWords(shellWords)
  const sayPeople = useWords(peopleWords)
  const [chosen, choose] = useState<Operator | null>(null)
  return (
    <>
      <ListPage
        title={say('people')}
        name="findOperators"
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={choose}
        lead={
          <p className="hint">
            {sayPeople('inviteLead')} <code>npm run warifu -- operator add NAME ROLE</code>
          </p>
        }
      />
      {chosen === null ? null : (
        <Dialog title={chosen.name} onClose={() => choose(null)}>
          <One operator={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}

type Props = { readonly operator: Operator; readonly onDone: () => void }

function One({ operator, onDone }: Props) {
  const say = useWords(peopleWords)
  const { me, may } = useSession()
  const isOwn = operator.id === me.id
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['status', { state: stateOf(operator) }],
          ['roles', { words: operator.roles }],
          ['passkeys', { count: operator.passkeys }],
          ['seen', { time: operator.last_seen_at }],
          ['created', { time: operator.created_at }],
          ['closed', { time: operator.ended_at }],
          ['id', { code: operator.id }],
        ]}
      />
      {isOwn ? <Said tone="plain" title={say('yourself')} /> : null}
      {operator.ended_at === null && may('endOperator') ? (
        <div className="acts">
          <OpenButton name={say('end')} title={say('end')}>
            {() => <End operator={operator} onDone={onDone} />}
          </OpenButton>
        </div>
      ) : null}
    </div>
  )
}

function End({ operator: { id, name }, onDone }: Props) {
  const say = useWords(peopleWords)
  const call = useCall()
  return (
    <AskForm
      act={say('end')}
      isDangerous
      lead={say('endLead', { name })}
      fields={[]}
      bodyOf={() => ({})}
      send={() => call('endOperator', { params: { id } })}
      onDone={onDone}
    />
  )
}
