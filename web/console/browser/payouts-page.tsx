/** Money on its way to merchants' banks; what the bank did is said by the platform's people. */
import { Button, TextInput } from '@mantine/core'
import type { Body } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  moneyColumn,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'

type Payout = RowOf<'listPayouts'>

const own: readonly Column<Payout>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  moneyColumn('amount', (row) => row),
  textColumn('bankReference', ({ bank_reference }) => bank_reference),
  textColumn('reason', ({ failed_because }) => failed_because),
  codeColumn('settlement', ({ settlement }) => settlement),
]
const all = [...own, codeColumn<Payout>('merchant', ({ merchant }) => merchant)]

export function PayoutsPage() {
  const say = useWords(shellWords)
  const { may } = useSession()
  const [chosen, choose] = useState<Payout | null>(null)
  const shared = { title: say('payouts'), keyOf: ({ id }: Payout) => id, onOpen: choose }
  return (
    <>
      {may('searchPayouts') ? (
        <ListPage name="searchPayouts" columns={all} {...shared} />
      ) : (
        <ListPage name="listPayouts" columns={own} {...shared} />
      )}
      {chosen === null ? null : (
        <Dialog title={say('payouts')} onClose={() => choose(null)}>
          <OnePayout payout={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}

type Props = { readonly payout: Payout; readonly onDone: () => void }

function OnePayout({ payout, onDone }: Props) {
  const { may } = useSession()
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['status', { state: payout.status }],
          ['amount', { money: payout }],
          ['time', { time: payout.created_at }],
          ['settlement', { code: payout.settlement, to: `/settlements/${payout.settlement}` }],
          ['merchant', { code: payout.merchant }],
          ['bankReference', { text: payout.bank_reference }],
          ['reason', { text: payout.failed_because }],
          ['id', { code: payout.id }],
        ]}
      />
      {may('endPayout') ? <End payout={payout} onDone={onDone} /> : null}
    </div>
  )
}

function End({ payout: { id, decided_at }, onDone }: Props) {
  const say = useWords(moneyWords)
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const [text, setText] = useState('')
  if (decided_at !== null) return null
  const end = (body: Body<'endPayout'>) =>
    run(async () => {
      await call('endPayout', { params: { id }, body })
      await stale()
      onDone()
    })
  return (
    <>
      <TextInput
        label={say('bankSays')}
        value={text}
        maxLength={64}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Fault fault={fault} />
      <div className="acts">
        <Button
          loading={isBusy}
          onClick={() => end({ status: 'paid', ...(text && { bank_reference: text }) })}
        >
          {say('bankPaid')}
        </Button>
        <Button
          color="crimson"
          loading={isBusy}
          onClick={() => end({ status: 'failed', ...(text && { reason: text }) })}
        >
          {say('bankFailed')}
        </Button>
      </div>
    </>
  )
}
