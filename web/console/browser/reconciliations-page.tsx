/** Reconciliation: an order file against what was paid and settled, and what does not agree. */
import { Button } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import { readAnswer } from '@warifu/sdk/api-call'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useId, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { OURS, useCall } from './calling.ts'
import { type Column, countColumn, stateColumn, textColumn, timeColumn } from './columns.tsx'
import { differenceColumns } from './difference.tsx'
import { useGround } from './ground.ts'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { useRoute } from './route.tsx'
import { useSession } from './session.tsx'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'

type Reconciliation = RowOf<'listReconciliations'>

const columns: readonly Column<Reconciliation>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  textColumn('name', ({ name }) => name),
  stateColumn('status', ({ status }) => status),
  countColumn('orders', ({ orders }) => orders),
  countColumn('agreed', ({ agreed }) => agreed),
  countColumn('open', ({ differences }) => differences.open),
  countColumn('done', ({ differences }) => differences.closed),
]

export function ReconciliationsPage() {
  const say = useWords(shellWords)
  const sayMoney = useWords(moneyWords)
  const { may } = useSession()
  if (!may('listReconciliations'))
    return (
      <ListPage
        title={say('reconciliation')}
        name="listToldDifferences"
        columns={differenceColumns}
        keyOf={({ id }) => id}
      />
    )
  const name = sayMoney('newReconciliation')
  return (
    <ListPage
      title={say('reconciliation')}
      name="listReconciliations"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/reconciliation/${id}`}
      acts={
        may('createReconciliation') ? (
          <OpenButton variant="filled" name={name} title={name}>
            {() => <NewReconciliation />}
          </OpenButton>
        ) : null
      }
    />
  )
}

/** The file goes as it is: the platform reads it, all of it or nothing. */
function useCompare() {
  const call = useCall()
  const { api, newKey, digest } = useGround()
  const [once] = useState(newKey)
  return async (file: File, span: { readonly from: string; readonly to: string }) => {
    const bytes = await file.arrayBuffer()
    const body = { ...span, name: file.name, file_digest: await digest(bytes) }
    const { id } = await call('createReconciliation', { body }, once)
    const response = await api.fetch(`${api.apiUrl}/v1/reconciliations/${id}/file`, {
      method: 'POST',
      headers: { ...OURS, 'content-type': 'text/csv' },
      body: bytes,
    })
    const answer = { status: response.status, text: await response.text() }
    return readAnswer('uploadOrders', answer) satisfies Reply<'uploadOrders'>
  }
}

function NewReconciliation() {
  const say = useWords(moneyWords)
  const { go } = useRoute()
  const compare = useCompare()
  const { isBusy, fault, run } = useAct()
  const [file, setFile] = useState<File | null>(null)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const id = useId()
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (file === null) return
    void run(async () => {
      const made = await compare(file, { from, to })
      go(`/reconciliation/${made.id}`)
    })
  }
  const day = (name: 'from' | 'to', value: string, set: (value: string) => void) => (
    <div className="form-field">
      <label htmlFor={id + name}>{say(name)}</label>
      <input
        id={id + name}
        type="date"
        className="field"
        required
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </div>
  )
  return (
    <form className="dialog-form" onSubmit={send}>
      <p>{say('reconciliationLead')}</p>
      <div className="form-field">
        <label htmlFor={id}>{say('file')}</label>
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          required
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      {day('from', from, setFrom)}
      {day('to', to, setTo)}
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={file === null || from === '' || to === ''}>
        {say('compare')}
      </Button>
    </form>
  )
}
