/** Acts that wait for a second person: who asked may take back, somebody else agrees or refuses. */
import type { Reply } from '@warifu/protocol/contract'
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { NotYet } from './act.tsx'
import { ActButton } from './act-button.tsx'
import { ActContent, type WholeAct } from './act-content.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import { useOne } from './one.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { useStateWord } from './states.tsx'
import { cardWords } from './words-cards.ts'
import { shellWords } from './words-shell.ts'

type Act = Reply<'listActs'>['data'][number]

const columns: readonly Column<Act>[] = [
  timeColumn('time', ({ asked_at }) => asked_at),
  stateColumn('status', ({ status }) => status, 'minmax(0, 1.2fr)'),
  wordColumn('act', ({ act }) => act, 'minmax(0, 2.6fr)'),
  codeColumn('about', ({ subject }) => subject, 'minmax(0, 0.8fr)'),
  textColumn('asker', ({ by }) => by.name, 'minmax(0, 1.2fr)'),
  textColumn('ender', ({ ended_by }) => ended_by?.name, 'minmax(0, 1.2fr)'),
  timeColumn('deadline', ({ deadline_at }) => deadline_at),
]

export function ActsPage() {
  const say = useWords(shellWords)
  const word = useStateWord()
  const [chosen, choose] = useState<Act | null>(null)
  return (
    <>
      <ListPage
        title={say('acts')}
        name="listActs"
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={choose}
      />
      {chosen === null ? null : (
        <Dialog title={word(chosen.act)} onClose={() => choose(null)}>
          <OneAct act={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}

type Props = { readonly act: Act; readonly onDone: () => void }

/** Asked for by itself: whose card it is and what stands there today, the list does not say. */
function OneAct({ act, onDone }: Props) {
  const say = useWords(cardWords)
  const sayShell = useWords(shellWords)
  const { me } = useSession()
  const { data, error } = useOne('getAct', { id: act.id })
  if (data === undefined) return <NotYet fault={error} label={sayShell('asking')} />
  const isOwn = data.by.id === me.id
  const isOpen = data.status === 'waiting'
  return (
    <div className="dialog-form">
      <ActContent act={data} />
      <Facts
        facts={[
          ['status', { state: data.status }],
          ['about', { code: data.subject }],
          ['asker', { text: data.by.name }],
          ['time', { time: data.asked_at }],
          ['deadline', { time: isOpen ? data.deadline_at : null }],
          ['ender', { text: data.ended_by?.name ?? null }],
        ]}
      />
      {isOwn && isOpen ? <Said tone="plain" title={say('ownAct')} /> : null}
      {isOpen ? <Answer act={data} isOwn={isOwn} onDone={onDone} /> : null}
    </div>
  )
}

type AnswerProps = {
  readonly act: WholeAct
  readonly isOwn: boolean
  readonly onDone: () => void
}

function Answer({ act, isOwn, onDone }: AnswerProps) {
  const say = useWords(cardWords)
  const call = useCall()
  const stale = useStale()
  const { may } = useSession()
  const params = { id: act.id }
  const then = async (work: Promise<unknown>) => {
    await work
    await stale()
    onDone()
  }
  return (
    <>
      {act.approvable ? <p className="hint">{say('agreeLead')}</p> : null}
      <div className="acts">
        {act.approvable ? (
          <ActButton
            name={say('agree')}
            work={() => then(call('approveAct', { params, body: { digest: act.digest } }))}
          />
        ) : null}
        {may('refuseAct') ? (
          <ActButton
            name={say(isOwn ? 'takeBack' : 'disagree')}
            work={() => then(call('refuseAct', { params }))}
          />
        ) : null}
      </div>
    </>
  )
}
