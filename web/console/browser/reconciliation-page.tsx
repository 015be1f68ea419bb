/** One reconciliation: how far it came, and the inbox of what does not agree. */
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { ActButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import { Dialog } from './dialog.tsx'
import { type Difference, differenceColumns, OneDifference } from './difference.tsx'
import { Facts } from './facts.tsx'
import { ListPart } from './list-page.tsx'
import { OnePage, Panel } from './one.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'
import { useWritten } from './written.ts'

export function ReconciliationPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayMoney = useWords(moneyWords)
  const call = useCall()
  const stale = useStale()
  const { may } = useSession()
  const { count, time } = useWritten()
  const back = { to: '/reconciliation', name: say('reconciliation') }
  return (
    <OnePage
      name="getReconciliation"
      id={id}
      back={back}
      title={({ name, from, to }) => name ?? `${time(from)} – ${time(to)}`}
    >
      {(found) => (
        <>
          <Panel
            title={sayMoney('agreed', {
              agreed: count(found.agreed),
              orders: count(found.orders),
            })}
          >
            <Facts
              facts={[
                ['status', { state: found.status }],
                ['from', { time: found.from }],
                ['to', { time: found.to }],
                ['open', { count: found.differences.open }],
                ['done', { count: found.differences.closed }],
                ['compared', { time: found.compared_at }],
                ['id', { code: found.id }],
              ]}
            />
            {found.status === 'completed' && may('compareOrders') ? (
              <div className="acts">
                <ActButton
                  name={sayMoney('compareAgain')}
                  work={() => call('compareOrders', { params: { id: found.id } }).then(stale)}
                />
              </div>
            ) : null}
          </Panel>
          <Differences id={id} />
        </>
      )}
    </OnePage>
  )
}

function Differences({ id }: { readonly id: string }) {
  const say = useWords(moneyWords)
  const [chosen, choose] = useState<Difference | null>(null)
  return (
    <>
      <ListPart
        title={say('differences')}
        name="listDifferences"
        params={{ id }}
        columns={differenceColumns}
        keyOf={({ id: itself }) => itself}
        onOpen={choose}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.merchant_reference ?? chosen.id} onClose={() => choose(null)}>
          <OneDifference difference={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}
