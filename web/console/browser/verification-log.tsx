/** One try of identification with everything that happened to it; that it was read is on record. */
import type { Params } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { NotYet } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { Facts } from './facts.tsx'
import { Log } from './log.tsx'
import { useOnce } from './one.tsx'
import { useStateWord } from './states.tsx'
import { cardWords } from './words-cards.ts'
import { shellWords } from './words-shell.ts'

type Props = { readonly verification: Params<'getVerificationLog'>['id'] }

export function VerificationLog({ verification }: Props) {
  const say = useWords(cardWords)
  return (
    <div className="acts">
      <OpenButton name={say('readLog')} title={say('readLog')}>
        {() => <Read verification={verification} />}
      </OpenButton>
    </div>
  )
}

function Read({ verification }: Props) {
  const say = useWords(cardWords)
  const sayShell = useWords(shellWords)
  const word = useStateWord()
  const { data, error } = useOnce('getVerificationLog', { id: verification })
  if (data === undefined) return <NotYet fault={error} label={sayShell('asking')} />
  const { method, status, destination, reason } = data.verification
  return (
    <div className="dialog-form">
      <p className="hint">{say('readLogLead')}</p>
      <Facts
        facts={[
          ['methods', { word: method }],
          ['status', { state: status }],
          ['about', { text: destination }],
          ['reason', { word: reason }],
        ]}
      />
      <Log
        title={say('history')}
        rows={data.log.map(({ at, what, by }) => ({
          at,
          state: null,
          text: `${word(what)} · ${word(by)}`,
        }))}
      />
    </div>
  )
}
