/** What people did here and what the vault did: two chains, and the proof that they hold. */
import type { Reply } from '@warifu/protocol/contract'
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { ActButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  countColumn,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Panel } from './one.tsx'
import { PageHead } from './page-head.tsx'
import { auditWords } from './words-audit.ts'
import { shellWords } from './words-shell.ts'
import { useWritten } from './written.ts'

const acts: readonly Column<RowOf<'listActRecords'>>[] = [
  countColumn('seq', ({ seq }) => seq),
  timeColumn('time', ({ at }) => at),
  textColumn('who', ({ name, who }) => name || who),
  codeColumn('what', ({ what }) => what),
  codeColumn('about', ({ subject }) => subject, 'minmax(0, 2fr)'),
  stateColumn('status', ({ outcome }) => outcome),
]
const vault: readonly Column<RowOf<'listVaultRecords'>>[] = [
  countColumn('seq', ({ seq }) => seq),
  timeColumn('time', ({ at }) => at),
  codeColumn(
    'what',
    ({ calls }) => calls.map(({ operation }) => operation).join(', '),
    'minmax(0, 3fr)',
  ),
  stateColumn('answer', ({ calls }) => [...new Set(calls.map(({ result }) => result))].join(', ')),
]
const bySeq = ({ seq }: { readonly seq: number }) => String(seq)

export function AuditPage() {
  const say = useWords(shellWords)
  const sayAudit = useWords(auditWords)
  return (
    <section className="one">
      <PageHead title={say('audit')} />
      <Proof />
      <ListPart title={sayAudit('acts')} name="listActRecords" columns={acts} keyOf={bySeq} />
      <ListPart title={sayAudit('vault')} name="listVaultRecords" columns={vault} keyOf={bySeq} />
    </section>
  )
}

type Found = Reply<'verifyAudit'>

function Proof() {
  const say = useWords(auditWords)
  const call = useCall()
  const [found, setFound] = useState<Found | null>(null)
  return (
    <Panel title={say('proof')}>
      <p className="hint">{say('proofLead')}</p>
      <div className="acts">
        <ActButton
          name={say('prove')}
          work={async () => setFound(await call('verifyAudit', { query: {} }))}
        />
      </div>
      {found === null ? null : (
        <>
          <Verdict title={say('acts')} verdict={found.acts} at={found.at} />
          <Verdict title={say('vault')} verdict={found.vault} at={found.at} />
        </>
      )}
    </Panel>
  )
}

type VerdictProps = {
  readonly title: string
  readonly verdict: Found['acts'] | Found['vault']
  readonly at: string
}

function Verdict({ title, verdict, at }: VerdictProps) {
  const say = useWords(auditWords)
  const { count, time } = useWritten()
  const isSound = verdict.ok && (!('signed' in verdict) || verdict.signed)
  const values = { size: count(verdict.size), time: time(at) }
  return (
    <Said
      tone={isSound ? 'arrived' : 'refused'}
      title={`${title}: ${say(isSound ? 'sound' : 'broken', values)}`}
    >
      <Facts
        facts={[
          ['head', { code: verdict.head }],
          ['reason', { text: verdict.fault }],
          [
            'signed',
            { state: 'signed' in verdict ? (verdict.signed ? 'passed' : 'refused') : null },
          ],
        ]}
      />
    </Said>
  )
}
