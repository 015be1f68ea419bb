/** SIMs that pay: admitted, written, taken into use; the cards in one, the phones that use it. */
import { useWords } from '@warifu/web/kit'
import {
  type Column,
  countColumn,
  last4Column,
  stateColumn,
  textColumn,
  timeColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Log } from './log.tsx'
import { OnePage, Panel } from './one.tsx'
import { Go } from './route.tsx'
import { orderWords } from './words-orders.ts'
import { shellWords } from './words-shell.ts'

type Sim = RowOf<'findSims'>

const columns: readonly Column<Sim>[] = [
  timeColumn('created', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  last4Column('iccid', ({ iccid_last4 }) => iccid_last4),
  textColumn('cardholder', ({ cardholder }) => cardholder.name ?? cardholder.id),
  countColumn('cards', ({ cards }) => cards.length),
  countColumn('phones', ({ phones }) => phones.length),
  timeColumn('used', ({ phones }) => phones.at(-1)?.linked_at),
]

export function SimsPage() {
  const say = useWords(shellWords)
  return (
    <ListPage
      title={say('sims')}
      name="findSims"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/sims/${id}`}
    />
  )
}

export function SimPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayOrder = useWords(orderWords)
  const back = { to: '/sims', name: say('sims') }
  return (
    <OnePage
      name="readSim"
      id={id}
      back={back}
      title={({ iccid_last4 }) => `SIM ···· ${iccid_last4}`}
    >
      {(sim) => (
        <>
          <Panel title={sayOrder('sim')}>
            <Facts
              facts={[
                ['status', { state: sim.status }],
                ['created', { time: sim.created_at }],
                ['closed', { time: sim.removed_at }],
                ['cardholder', { text: sim.cardholder.name ?? sim.cardholder.id }],
                ['id', { code: sim.id }],
              ]}
            />
          </Panel>
          <CardsIn sim={sim} />
          <Log
            title={sayOrder('phones')}
            rows={sim.phones.map(({ terminal, linked_at: at }) => ({
              at,
              text: terminal,
              state: null,
              isCode: true,
            }))}
          />
        </>
      )}
    </OnePage>
  )
}

/** By record: the first is the one that pays if nobody chooses. */
function CardsIn({ sim: { cards } }: { readonly sim: Sim }) {
  const say = useWords(orderWords)
  if (cards.length === 0) return null
  return (
    <Panel title={say('cardsIn')}>
      <ol className="log">
        {cards.map(({ number, card, last4 }) => (
          <li key={number}>
            <span>{number}</span>
            <code>···· {last4 ?? '····'}</code>
            <Go to={`/cards/${card}`}>
              <code>{card}</code>
            </Go>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
