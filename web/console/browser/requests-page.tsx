/** What was asked with a merchant's keys, and what was answered: secrets are masked by the API. */
import { useWords } from '@warifu/web/kit'
import { type Column, codeColumn, stateColumn, timeColumn } from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { OnePage, Panel } from './one.tsx'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

type Request = RowOf<'listRequests'>

const stateOf = ({ status }: Request) => (status < 400 ? 'passed' : 'refused')

const columns: readonly Column<Request>[] = [
  timeColumn('time', ({ at }) => at),
  stateColumn('status', stateOf),
  codeColumn('answer', ({ status }) => String(status), 'minmax(0, 0.5fr)'),
  codeColumn('path', ({ method, path }) => `${method} ${path}`, 'minmax(0, 3fr)'),
  codeColumn('error', ({ error }) => error),
  codeColumn('took', ({ took_ms }) => `${took_ms} ms`, 'minmax(0, 0.6fr)'),
]

export function RequestsPage() {
  const say = useWords(shellWords)
  return (
    <ListPage
      title={say('requests')}
      name="listRequests"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/requests/${id}`}
    />
  )
}

/** JSON as people read it; a text that was cut stays as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

export function RequestPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const back = { to: '/requests', name: say('requests') }
  return (
    <OnePage
      name="getRequest"
      id={id}
      back={back}
      title={({ method, path }) => `${method} ${path}`}
    >
      {(request) => (
        <>
          <Panel title={`${request.status}`}>
            <Facts
              facts={[
                ['time', { time: request.at }],
                ['status', { state: stateOf(request) }],
                ['took', { text: sayShop('tookMs', { ms: String(request.took_ms) }) }],
                ['error', { code: request.error }],
                ['id', { code: request.id }],
                ['key', { code: request.api_key }],
                ['once', { code: request.idempotency_key }],
              ]}
            />
          </Panel>
          <Body title={sayShop('requestBody')} text={request.request_body} />
          <Body title={sayShop('responseBody')} text={request.response_body} />
        </>
      )}
    </OnePage>
  )
}

function Body({ title, text }: { readonly title: string; readonly text: string }) {
  if (text === '') return null
  return (
    <section>
      <h2>{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre className="pre" tabIndex={0}>
        {pretty(text)}
      </pre>
    </section>
  )
}
