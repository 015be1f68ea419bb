/** Merchants, and of one: its stores, its people, and what it keeps with the platform. */
import { useWords } from '@warifu/web/kit'
import {
  type Column,
  codeColumn,
  countColumn,
  scopesColumn,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage, ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { MerchantActs } from './merchant-acts.tsx'
import { OnePage, Panel } from './one.tsx'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

type Merchant = RowOf<'findMerchants'>

const stateOf = ({ closed_at }: Merchant) => (closed_at === null ? 'active' : 'closed')

const columns: readonly Column<Merchant>[] = [
  textColumn('name', ({ name }) => name, 'minmax(0, 2fr)'),
  stateColumn('status', stateOf),
  countColumn('stores', ({ stores }) => stores.length),
  timeColumn('created', ({ created_at }) => created_at),
  codeColumn('id', ({ id }) => id, 'minmax(0, 2fr)'),
]

export function MerchantsPage() {
  const say = useWords(shellWords)
  return (
    <ListPage
      title={say('merchants')}
      name="findMerchants"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/merchants/${id}`}
    />
  )
}

const keys: readonly Column<RowOf<'listMerchantApiKeys'>>[] = [
  textColumn('name', ({ name }) => name),
  stateColumn('status', ({ revoked_at }) => (revoked_at === null ? 'active' : 'revoked')),
  codeColumn('key', ({ prefix, last4 }) => `${prefix}…${last4}`),
  scopesColumn(({ scopes }) => scopes),
  timeColumn('created', ({ created_at }) => created_at),
]
const webhooks: readonly Column<RowOf<'listMerchantWebhooks'>>[] = [
  codeColumn('url', ({ url }) => url, 'minmax(0, 3fr)'),
  stateColumn('status', ({ status }) => status),
  timeColumn('failing', ({ failing_since }) => failing_since),
]
const requests: readonly Column<RowOf<'listMerchantRequests'>>[] = [
  timeColumn('time', ({ at }) => at),
  stateColumn('status', ({ status }) => (status < 400 ? 'passed' : 'refused')),
  codeColumn('path', ({ method, path }) => `${method} ${path}`, 'minmax(0, 3fr)'),
  codeColumn('error', ({ error }) => error),
]
const keyOf = ({ id }: { readonly id: string }) => id

export function MerchantPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const back = { to: '/merchants', name: say('merchants') }
  const params = { id }
  return (
    <OnePage name="readMerchant" id={id} back={back} title={({ merchant }) => merchant.name}>
      {({ merchant, users }) => (
        <>
          <Panel title={sayShop('stores')}>
            <Facts
              facts={[
                ['status', { state: stateOf(merchant) }],
                ['created', { time: merchant.created_at }],
                ['closed', { time: merchant.closed_at }],
                ['id', { code: merchant.id }],
              ]}
            />
            <MerchantActs merchant={merchant} />
            <ul className="log">
              {merchant.stores.map((store) => (
                <li key={store.id}>
                  <span>{store.name}</span> <span>{store.place}</span>
                  <span className="small">MCC {store.category}</span> <code>{store.id}</code>
                </li>
              ))}
            </ul>
          </Panel>
          <People users={users} />
          <ListPart
            title={say('webhooks')}
            name="listMerchantWebhooks"
            columns={webhooks}
            leadsTo={(webhook) => `/merchants/${id}/${webhook.id}`}
            {...{ params, keyOf }}
          />
          <ListPart
            title={say('apiKeys')}
            name="listMerchantApiKeys"
            columns={keys}
            {...{ params, keyOf }}
          />
          <ListPart
            title={say('requests')}
            name="listMerchantRequests"
            columns={requests}
            {...{ params, keyOf }}
          />
        </>
      )}
    </OnePage>
  )
}

type User = {
  readonly id: string
  readonly name: string
  readonly role: 'admin' | 'clerk' | 'viewer'
}
const roleWords = { admin: 'roleAdmin', clerk: 'roleClerk', viewer: 'roleViewer' } as const

function People({ users }: { readonly users: readonly User[] }) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  if (users.length === 0) return null
  return (
    <Panel title={sayShop('people')}>
      <ul className="log">
        {users.map(({ id, name, role }) => (
          <li key={id}>
            <span>{name}</span> <span className="small">{say(roleWords[role])}</span>
            <code>{id}</code>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
