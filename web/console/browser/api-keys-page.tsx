/** A merchant's API keys: made, rolled and revoked here; a secret is seen once and never again. */
import { Button, TextInput } from '@mantine/core'
import { scopes } from '@warifu/protocol/api-key-contract'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAsking } from './act.tsx'
import { ActButton, OpenButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  codeColumn,
  scopesColumn,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { useGround } from './ground.ts'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Secret } from './secret.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

type Key = RowOf<'listApiKeys'>

const shown = ({ prefix, last4 }: Key) => `${prefix}…${last4}`
const stateOf = ({ revoked_at }: Key) => (revoked_at === null ? 'active' : 'revoked')

const columns: readonly Column<Key>[] = [
  textColumn('name', ({ name }) => name),
  stateColumn('status', stateOf),
  codeColumn('key', shown),
  scopesColumn(({ scopes: may }) => may),
  timeColumn('created', ({ created_at }) => created_at),
  timeColumn('expires', ({ expires_at, revoked_at }) => revoked_at ?? expires_at),
]
const keyOf = ({ id }: Key) => id

export function ApiKeysPage() {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const { may } = useSession()
  const [chosen, choose] = useState<Key | null>(null)
  const acts = may('createApiKey') ? (
    <OpenButton variant="filled" name={sayShop('newKey')} title={sayShop('newKey')}>
      {() => <NewKey />}
    </OpenButton>
  ) : null
  return (
    <>
      <ListPage
        title={say('apiKeys')}
        name="listApiKeys"
        acts={acts}
        onOpen={choose}
        {...{ columns, keyOf }}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.name} onClose={() => choose(null)}>
          <OneKey apiKey={chosen} onDone={() => choose(null)} />
        </Dialog>
      )}
    </>
  )
}

function NewKey() {
  const say = useWords(shopWords)
  const { call, stale, keyFor, isBusy, fault, run } = useAsking()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [made, setMade] = useState<{ readonly secret: string | null } | null>(null)
  if (made !== null) return <Secret text={made.secret} />
  const make = (event: FormEvent) => {
    event.preventDefault()
    const asked = scopes.filter((scope) => chosen.has(scope))
    const body = asked.length === 0 ? { name } : { name, scopes: asked }
    void run(async () => {
      setMade(await call('createApiKey', { body }, keyFor(body)))
      await stale()
    })
  }
  const toggle = (scope: string) => {
    const next = new Set(chosen)
    if (!next.delete(scope)) next.add(scope)
    setChosen(next)
  }
  return (
    <form className="dialog-form" onSubmit={make}>
      <TextInput
        label={say('keyName')}
        value={name}
        required
        maxLength={80}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <fieldset className="scopes">
        <legend>{say('keyScopes')}</legend>
        <p className="small">{say('keyScopesLead')}</p>
        {scopes.map((scope) => (
          <label key={scope}>
            <input type="checkbox" checked={chosen.has(scope)} onChange={() => toggle(scope)} />
            <code>{scope}</code>
          </label>
        ))}
      </fieldset>
      <Fault fault={fault} />
      <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
        {say('makeKey')}
      </Button>
    </form>
  )
}

type OneKeyProps = { readonly apiKey: Key; readonly onDone: () => void }

function OneKey({ apiKey, onDone }: OneKeyProps) {
  const say = useWords(shopWords)
  const call = useCall()
  const stale = useStale()
  const { may } = useSession()
  const { newKey } = useGround()
  const [once] = useState(newKey)
  const [rolled, setRolled] = useState<{ readonly secret: string | null } | null>(null)
  if (rolled !== null) return <Secret text={rolled.secret} />
  const params = { id: apiKey.id }
  const isOver = apiKey.revoked_at !== null
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['key', { code: shown(apiKey) }],
          ['status', { state: stateOf(apiKey) }],
          ['created', { time: apiKey.created_at }],
          ['expires', { time: apiKey.expires_at }],
          ['scopes', apiKey.scopes ? { text: apiKey.scopes.join(', ') } : { word: 'everything' }],
        ]}
      />
      {isOver || !may('rollApiKey') ? null : (
        <div className="acts">
          <ActButton
            name={say('roll')}
            ask={{ title: say('roll'), lead: say('rollLead') }}
            work={async () => {
              setRolled(await call('rollApiKey', { params, body: {} }, once))
              await stale()
            }}
          />
          <ActButton
            name={say('revoke')}
            isDangerous
            ask={{ title: say('revoke'), lead: say('revokeLead') }}
            work={async () => {
              await call('revokeApiKey', { params })
              await stale()
              onDone()
            }}
          />
        </div>
      )}
    </div>
  )
}
