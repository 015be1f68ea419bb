/** Every law of the ledger, asked for now. */
import type { Reply } from '@warifu/protocol/contract'
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { ActButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import { Panel } from './one.tsx'
import { moneyWords } from './words-money.ts'
import { useWritten } from './written.ts'

type Found = Reply<'checkLedger'>

export function LedgerProof() {
  const say = useWords(moneyWords)
  const call = useCall()
  const [found, setFound] = useState<Found | null>(null)
  return (
    <Panel title={say('proof')}>
      <p className="hint">{say('proofLead')}</p>
      <div className="acts">
        <ActButton name={say('prove')} work={async () => setFound(await call('checkLedger', {}))} />
      </div>
      {found === null ? null : <Outcome found={found} />}
    </Panel>
  )
}

function Outcome({ found: { faults, lanes, checked_at } }: { readonly found: Found }) {
  const say = useWords(moneyWords)
  const { time } = useWritten()
  const isSound = faults.length === 0
  const values = { count: String(faults.length), lanes: String(lanes), time: time(checked_at) }
  return (
    <Said
      tone={isSound ? 'arrived' : 'refused'}
      title={say(isSound ? 'proven' : 'unproven', values)}
    >
      <ul className="log">
        {faults.map(({ lane, law, about, expected, found }) => (
          <li key={law + about}>
            <code>{law}</code> <span>{about}</span>
            <span>
              {say('fault', {
                lane: String(lane),
                expected: String(expected),
                found: String(found),
              })}
            </span>
          </li>
        ))}
      </ul>
    </Said>
  )
}
