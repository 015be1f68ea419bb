/** What this person asks of a list again and again: kept by the platform, for them alone. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CallName } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { viewOf } from './asked-of.ts'
import { useCall } from './calling.ts'
import { Go, useRoute } from './route.tsx'
import { auditWords } from './words-audit.ts'

type Props = { readonly of: CallName; readonly title?: string | undefined }

export function SavedFilters({ of, title }: Props) {
  const say = useWords(auditWords)
  const call = useCall()
  const { path, query } = useRoute()
  const { data, refetch } = useQuery({
    queryKey: ['filters', of],
    queryFn: () => call('listSavedFilters', { query: { list: of, limit: 100 } }),
    staleTime: 60_000,
  })
  const asked = viewOf(of, query)
  const saved = data?.data ?? []
  if (saved.length === 0 && asked === '') return null
  return (
    <section
      className="saved"
      aria-label={title === undefined ? say('saved') : `${say('saved')}: ${title}`}
    >
      <ul>
        {saved.map(({ id, name, query: kept }) => (
          <li key={id}>
            <Go to={`${path}?${kept}`} isHere={kept === asked}>
              {name}
            </Go>
            <button
              type="button"
              aria-label={say('forget', { name })}
              onClick={() =>
                void call('deleteFilter', { params: { id } }).then(
                  () => refetch(),
                  () => refetch(),
                )
              }
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {asked === '' || saved.some(({ query: kept }) => kept === asked) ? null : (
        <OpenButton name={say('saveThis')} title={say('saveThis')}>
          {(close) => (
            <Save
              list={of}
              query={asked}
              onDone={async () => {
                await refetch()
                close()
              }}
            />
          )}
        </OpenButton>
      )}
    </section>
  )
}

type SaveProps = {
  readonly list: string
  readonly query: string
  readonly onDone: () => Promise<void>
}

function Save({ list, query, onDone }: SaveProps) {
  const say = useWords(auditWords)
  const call = useCall()
  const { isBusy, fault, run } = useAct()
  const [name, setName] = useState('')
  const save = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await call('saveFilter', { body: { list, name, query } })
      await onDone()
    })
  }
  return (
    <form className="dialog-form" onSubmit={save}>
      <TextInput
        label={say('saveName')}
        value={name}
        maxLength={60}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
        {say('save')}
      </Button>
    </form>
  )
}
