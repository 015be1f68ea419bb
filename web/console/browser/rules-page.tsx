/** Card programs: their limits, and the rules by which a card is granted, in order. */
import { useWords } from '@warifu/web/kit'
import { NotYet } from './act.tsx'
import { type Column, moneyColumn, textColumn, wordColumn, wordsColumn } from './columns.tsx'
import { type Fact, Facts } from './facts.tsx'
import { ListPage } from './list-page.tsx'
import { type RowOf, useList } from './list-query.ts'
import { Panel } from './one.tsx'
import { PageHead } from './page-head.tsx'
import { ProgramActs } from './program-acts.tsx'
import { Rules } from './rules.tsx'
import { useSession } from './session.tsx'
import { cardWords } from './words-cards.ts'
import { fieldWords } from './words-fields.ts'
import { shellWords } from './words-shell.ts'

type Program = RowOf<'findPrograms'>

const columns: readonly Column<Program>[] = [
  textColumn('name', ({ name }) => name),
  wordColumn('funding', ({ funding }) => funding),
  wordColumn('usage', ({ usage }) => usage),
  wordsColumn('schemes', ({ schemes }) => schemes, 'minmax(0, 2fr)'),
  moneyColumn('secondAbove', ({ second_above: amount, currency }) =>
    amount === null ? null : { amount, currency },
  ),
]

export function RulesPage() {
  const say = useWords(shellWords)
  return (
    <ListPage
      title={say('rules')}
      name="findPrograms"
      columns={columns}
      keyOf={({ id }) => id}
      leadsTo={({ id }) => `/rules/${id}`}
    />
  )
}

const none = {}

/** There are few programs: the one is found in their list. */
export function ProgramPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayCard = useWords(cardWords)
  const { may } = useSession()
  const { rows, error, hasMore, more } = useList('findPrograms', none)
  const program = rows?.find((one) => one.id === id)
  if (program === undefined && hasMore) more()
  const back = { to: '/rules', name: say('rules') }
  if (program === undefined)
    return (
      <>
        <PageHead title={id} back={back} />
        <NotYet fault={error} label={say('asking')} />
      </>
    )
  return (
    <article className="one">
      <PageHead title={program.name} back={back} />
      <Panel title={sayCard('bounds')}>
        <Facts facts={factsOf(program)} />
        <Bounds program={program} />
        {may('changeProgram') ? <ProgramActs program={program} /> : null}
      </Panel>
      <Panel title={sayCard('grantedBy')}>
        <p className="hint">{sayCard('firstSpeaks')}</p>
        <Rules rules={program.rules} currency={program.currency} />
      </Panel>
    </article>
  )
}

const factsOf = (program: Program): readonly Fact[] => {
  const money = (amount: number | null) => ({
    money: amount === null ? null : { amount, currency: program.currency },
  })
  return [
    ['funding', { word: program.funding }],
    ['usage', { word: program.usage }],
    ['schemes', { words: program.schemes }],
    ['methods', { words: program.verification_methods }],
    ['methodsNeeded', { count: program.verification_needed }],
    ['perTransaction', money(program.controls.per_transaction)],
    ['perDay', money(program.controls.per_day)],
    ['perMonth', money(program.controls.per_month)],
    ['secondAbove', money(program.second_above)],
    ['signatureMax', money(program.signature_only_max)],
    ['overCapture', { share: program.over_capture / BASIS_POINTS }],
    ['forcePost', { word: program.force_post ? 'yes' : 'no' }],
    ['months', { count: program.validity_months }],
    ['renewDays', { count: program.renew_days }],
    ['id', { code: program.id }],
  ]
}

const BASIS_POINTS = 10_000

/** Other bounds that are set. */
function Bounds({ program: { controls } }: { readonly program: Program }) {
  const say = useWords(fieldWords)
  const { per_transaction: _, per_day: __, per_month: ___, ...rest } = controls
  const set = Object.entries(rest).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  )
  if (set.length === 0) return null
  return (
    <dl className="facts">
      {set.map(([name, value]) => (
        <div key={name}>
          <dt>{say(name as keyof typeof rest)}</dt>
          <dd>{Array.isArray(value) ? value.join(', ') : String(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
