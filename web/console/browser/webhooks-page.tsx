/** A merchant's webhooks: where events go. */
import { Button, TextInput } from '@mantine/core'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAsking } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { type Column, codeColumn, stateColumn, textColumn, timeColumn } from './columns.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Secret } from './secret.tsx'
import { useSession } from './session.tsx'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

export type Webhook = RowOf<'listWebhookEndpoints'>

/** Where nothing arrives any more is told before what was set. */
export const webhookState = ({ status, failing_since }: Webhook) =>
  status === 'enabled' && failing_since !== null ? 'failing' : status

const columns: readonly Column<Webhook>[] = [
  codeColumn('url', ({ url }) => url, 'minmax(0, 3fr)'),
  stateColumn('status', webhookState),
  textColumn('description', ({ description }) => description),
  textColumn('events', ({ types }) => (types.length === 0 ? '*' : types.join(', '))),
  timeColumn('created', ({ created_at }) => created_at),
]

export function WebhooksPage() {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const { may } = useSession()
  return (
    <ListPage
      title={say('webhooks')}
      name="listWebhookEndpoints"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/webhooks/${id}`}
      acts={
        may('createWebhookEndpoint') ? (
          <OpenButton variant="filled" name={sayShop('newWebhook')} title={sayShop('newWebhook')}>
            {() => <NewWebhook />}
          </OpenButton>
        ) : null
      }
    />
  )
}

function NewWebhook() {
  const say = useWords(shopWords)
  const { call, stale, keyFor, isBusy, fault, run } = useAsking()
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [secret, setSecret] = useState<string | null>(null)
  if (secret !== null) return <Secret text={secret} />
  const make = (event: FormEvent) => {
    event.preventDefault()
    const body = description === '' ? { url } : { url, description }
    void run(async () => {
      setSecret((await call('createWebhookEndpoint', { body }, keyFor(body))).secret)
      await stale()
    })
  }
  return (
    <form className="dialog-form" onSubmit={make}>
      <Typed label={say('webhookUrl')} value={url} onType={setUrl} />
      <Typed label={say('webhookDescription')} value={description} onType={setDescription} />
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={url === ''}>
        {say('makeWebhook')}
      </Button>
    </form>
  )
}

type TypedProps = {
  readonly label: string
  readonly value: string
  readonly onType: (value: string) => void
}

const Typed = ({ label, value, onType }: TypedProps) => (
  <TextInput
    label={label}
    value={value}
    maxLength={500}
    onChange={(event) => onType(event.currentTarget.value)}
  />
)
