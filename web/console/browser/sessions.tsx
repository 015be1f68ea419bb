/** One's own open sessions: where one is signed in, and how to be so no longer. */
import { useQuery } from '@tanstack/react-query'
import { useWords } from '@warifu/web/kit'
import { NotYet } from './act.tsx'
import { ActButton, OpenButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import { peopleWords } from './words-people.ts'
import { useWritten } from './written.ts'

export function Sessions() {
  const say = useWords(peopleWords)
  return (
    <OpenButton name={say('sessions')} title={say('sessions')}>
      {() => <Open />}
    </OpenButton>
  )
}

function Open() {
  const say = useWords(peopleWords)
  const { time } = useWritten()
  const call = useCall()
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => call('listConsoleSessions', { query: { limit: 100 } }),
  })
  if (data === undefined) return <NotYet fault={error} label={say('sessions')} />
  return (
    <ul className="log">
      {data.data.map(({ id, created_at, by, current }) => (
        <li key={id}>
          <span>{say('opened', { time: time(created_at) })}</span>
          <span className="small">{say(by === 'passkey' ? 'byPasskey' : 'bySandbox')}</span>
          {current ? (
            <strong>{say('thisOne')}</strong>
          ) : (
            <ActButton
              name={say('endSession')}
              work={async () => {
                await call('endConsoleSession', { params: { id } })
                await refetch()
              }}
            />
          )}
        </li>
      ))}
    </ul>
  )
}
