/** Plastic on order: how far each job is, why one failed, and the factories that make them. */
import { useWords } from '@warifu/web/kit'
import { OpenButton } from './act-button.tsx'
import { AddBureau } from './add-bureau.tsx'
import {
  type Column,
  codeColumn,
  countColumn,
  last4Column,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { ListPage, ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Log } from './log.tsx'
import { OnePage, Panel } from './one.tsx'
import { useSession } from './session.tsx'
import { useStateWord } from './states.tsx'
import { orderWords } from './words-orders.ts'
import { shellWords } from './words-shell.ts'

type Plastic = RowOf<'findPlastics'>

const columns: readonly Column<Plastic>[] = [
  timeColumn('ordered', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  wordColumn('reason', ({ reason, status }) => (reason === status ? null : reason)),
  timeColumn('moved', ({ moved_at }) => moved_at),
  last4Column('card', ({ card }) => card.last4),
  textColumn('cardholder', ({ cardholder }) => cardholder.name ?? cardholder.id),
  textColumn('bureau', ({ bureau }) => bureau.name),
  codeColumn('tracking', ({ tracking }) => tracking, 'minmax(0, 1fr)'),
]
const keyOf = ({ id }: { readonly id: string }) => id

export function PlasticsPage() {
  const say = useWords(shellWords)
  return (
    <>
      <ListPage
        title={say('plastics')}
        name="findPlastics"
        columns={columns}
        keyOf={keyOf}
        leadsTo={({ id }) => `/plastics/${id}`}
      />
      <Bureaus />
    </>
  )
}

type Bureau = RowOf<'findBureaus'>

const bureauColumns: readonly Column<Bureau>[] = [
  textColumn('name', ({ name }) => name, 'minmax(0, 2fr)'),
  stateColumn('status', ({ status }) => status),
  countColumn('waiting', ({ jobs }) => jobs.waiting),
  countColumn('making', ({ jobs }) => jobs.making),
  countColumn('posted', ({ jobs }) => jobs.posted),
  countColumn('arrived', ({ jobs }) => jobs.arrived),
  countColumn('failures', ({ jobs }) => jobs.failed),
  timeColumn('created', ({ created_at }) => created_at),
]

/** A row leads to the jobs of its factory. */
function Bureaus() {
  const say = useWords(orderWords)
  const { may } = useSession()
  return (
    <ListPart
      title={say('bureaus')}
      name="findBureaus"
      columns={bureauColumns}
      keyOf={keyOf}
      leadsTo={({ id }) => `/plastics?bureau=${id}`}
      acts={
        may('createBureau') ? (
          <OpenButton name={say('addBureau')} title={say('addBureau')}>
            {(close) => <AddBureau onDone={close} />}
          </OpenButton>
        ) : null
      }
    />
  )
}

export function PlasticPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayOrder = useWords(orderWords)
  const word = useStateWord()
  const back = { to: '/plastics', name: say('plastics') }
  return (
    <OnePage
      name="readPlastic"
      id={id}
      back={back}
      title={({ card }) => `···· ${card.last4 ?? '····'}`}
    >
      {(plastic) => (
        <>
          <Panel title={sayOrder('order')}>
            <Facts
              facts={[
                ['status', { state: plastic.status }],
                ['ordered', { time: plastic.created_at }],
                ['moved', { time: plastic.moved_at }],
                ['cardholder', { text: plastic.cardholder.name ?? plastic.cardholder.id }],
                ['program', { text: plastic.program.name }],
                ['bureau', { text: plastic.bureau.name }],
                ['tracking', { code: plastic.tracking }],
                ['card', { code: plastic.card.id, to: `/cards/${plastic.card.id}` }],
                ['orderedBy', { code: plastic.terminal }],
                ['id', { code: plastic.id }],
              ]}
            />
          </Panel>
          <Log
            title={sayOrder('moves')}
            rows={plastic.history.map(({ at, to, reason, by }) => ({
              at,
              text: reason === to ? word(by) : `${word(reason)} · ${word(by)}`,
              state: to,
            }))}
          />
        </>
      )}
    </OnePage>
  )
}
