/** The cards on this phone: what is left of their bounds, one's own limits, and how they end. */
import { Button, TextInput } from '@mantine/core'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import { localeOf } from '@warifu/protocol/language'
import { Amount, Said, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { type Card, useCards, useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { Statement } from './statement.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { go, Link } from './views.tsx'
import { words } from './words.ts'
import { holdingWords, pastWords } from './words-holding.ts'
import { useWorld } from './world.tsx'

export function HoldingView() {
  const tell = useWords(holdingWords)
  const { data: state } = useTerminalState()
  const { data: cards, error } = useCards(true)
  const here = (state?.cards ?? []).flatMap(({ card: id, is_confirmed }) => {
    const card = is_confirmed ? cards?.find((one) => one.id === id) : undefined
    return card && (card.status === 'active' || card.status === 'suspended') ? [card] : []
  })
  return (
    <section className="view">
      <h1>{tell('holding.title')}</h1>
      <Link to="/">{tell('holding.back')}</Link>
      {error === null ? null : <TroubleSaid error={error} />}
      {here.map((card) => (
        <CardPart key={card.id} card={card} />
      ))}
    </section>
  )
}

function CardPart({ card }: { readonly card: Card }) {
  const tell = useWords(holdingWords)
  const say = useWords(words)
  const { language } = useLanguage()
  const day = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'medium' })
  return (
    <article className="card-panel">
      <h2>{say('history.card', { last4: card.last4 ?? '' })}</h2>
      <Left card={card} />
      <Statement card={card} />
      <Limits card={card} />
      <Life card={card} />
      <h3>{tell('holding.history')}</h3>
      <ol className="past">
        {card.history.map(({ at, to, reason }) => (
          <li key={at} className="quiet">
            {[day.format(Date.parse(at)), ...pastWords(to, reason).map((name) => tell(name))].join(
              ' · ',
            )}
          </li>
        ))}
      </ol>
    </article>
  )
}

function Left({ card }: { readonly card: Card }) {
  const tell = useWords(holdingWords)
  const { left } = card.controls
  const { currency } = card
  return (
    <dl className="facts" aria-label={tell('holding.left')}>
      <dt>{tell('holding.left_day')}</dt>
      <dd>
        <Amount amount={left.per_day} currency={currency} />
      </dd>
      <dt>{tell('holding.left_month')}</dt>
      <dd>
        <Amount amount={left.per_month} currency={currency} />
      </dd>
      {left.count_day === null ? null : (
        <>
          <dt>{tell('holding.left_count')}</dt>
          <dd>{left.count_day}</dd>
        </>
      )}
      {left.uses === null ? null : (
        <>
          <dt>{tell('holding.left_uses')}</dt>
          <dd>{left.uses}</dd>
        </>
      )}
      {card.usage === 'merchant_locked' ? (
        <>
          <dt>{tell('holding.locked_to')}</dt>
          <dd>{card.locked_to ?? tell('holding.locked_open')}</dd>
        </>
      ) : null}
    </dl>
  )
}

const none: ControlsObject = {
  per_transaction: null,
  per_day: null,
  per_month: null,
  count_day: null,
  count_month: null,
  merchants_only: null,
  merchants_never: [],
  categories_only: null,
  categories_never: [],
}
const amounts = ['per_transaction', 'per_day', 'per_month', 'count_day'] as const
type Field = (typeof amounts)[number]

/** What stands in the fields, as bounds; undefined where one of them is no whole number. */
function ownOf(own: ControlsObject, text: Record<Field, string>): ControlsObject | undefined {
  const bounds: ControlsObject = { ...own }
  for (const field of amounts) {
    const digits = text[field].replace(/[,\s]/g, '')
    if (!/^[0-9]{0,9}$/.test(digits)) return undefined
    bounds[field] = digits === '' ? null : Number(digits)
  }
  return bounds
}

function Limits({ card }: { readonly card: Card }) {
  const tell = useWords(holdingWords)
  const world = useWorld()
  const own = card.controls.own ?? none
  const written = (field: Field) => (own[field] === null ? '' : String(own[field]))
  const [text, setText] = useState<Record<Field, string>>({
    per_transaction: written('per_transaction'),
    per_day: written('per_day'),
    per_month: written('per_month'),
    count_day: written('count_day'),
  })
  const [standing, setStanding] = useState<'saved' | 'wrong' | null>(null)
  const save = useDoing(async (bounds: ControlsObject) => {
    await act(world, () => world.terminal.control(card.id, bounds))
    setStanding('saved')
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const bounds = ownOf(own, text)
    setStanding(bounds === undefined ? 'wrong' : null)
    if (bounds !== undefined) save.begin(bounds)
  }
  return (
    <form onSubmit={submit} noValidate>
      <h3>{tell('holding.own')}</h3>
      <p className="quiet">{tell('holding.own_more')}</p>
      {amounts.map((field) => (
        <TextInput
          key={field}
          size="md"
          mt={8}
          inputMode="numeric"
          label={
            field === 'count_day'
              ? tell('holding.count_day')
              : `${tell(`holding.${field}`)} (${card.currency.toUpperCase()})`
          }
          value={text[field]}
          onChange={({ currentTarget: { value } }) => setText({ ...text, [field]: value })}
        />
      ))}
      {standing === 'wrong' ? <p role="alert">{tell('holding.form')}</p> : null}
      {standing === 'saved' ? (
        <div className="view">
          <Said tone="arrived" title={tell('holding.saved')} />
        </div>
      ) : null}
      {save.error === null ? null : <TroubleSaid error={save.error} />}
      <Button type="submit" variant="default" mt={12} loading={save.runs}>
        {tell('holding.save')}
      </Button>
    </form>
  )
}

const reasons = ['lost', 'stolen', 'damaged', 'renewal'] as const
type Reason = (typeof reasons)[number]

/** The new card is installed where applications are: the view of applying goes on with it. */
function Life({ card }: { readonly card: Card }) {
  const tell = useWords(holdingWords)
  const world = useWorld()
  const [asked, ask] = useState<Reason | 'close' | null>(null)
  const replace = useDoing(async (reason: Reason) => {
    const { terminal } = world
    await act(world, () =>
      reason === 'renewal' ? terminal.renew(card.id) : terminal.replace(card.id, reason),
    )
    go('/apply')
  })
  const close = useDoing(() => act(world, () => world.terminal.close(card.id)))
  const trouble = replace.error ?? close.error
  return (
    <section>
      <h3>{tell('holding.life')}</h3>
      <p className="quiet">{tell('holding.life_more')}</p>
      {trouble === null ? null : <TroubleSaid error={trouble} />}
      <div className="acts">
        {reasons.map((reason) =>
          asked === reason ? (
            <Sure
              key={reason}
              reason={reason}
              runs={replace.runs}
              yes={() => replace.begin(reason)}
              no={() => ask(null)}
            />
          ) : (
            <Button key={reason} variant="default" onClick={() => ask(reason)}>
              {tell(reason === 'renewal' ? 'holding.renew' : `holding.${reason}`)}
            </Button>
          ),
        )}
        {asked === 'close' ? (
          <>
            <Button color="crimson" loading={close.runs} onClick={() => close.begin()}>
              {tell('holding.close_sure')}
            </Button>
            <Button variant="subtle" onClick={() => ask(null)}>
              {tell('holding.keep')}
            </Button>
          </>
        ) : (
          <Button variant="subtle" onClick={() => ask('close')}>
            {tell('holding.close')}
          </Button>
        )}
      </div>
    </section>
  )
}

type SureProps = {
  readonly reason: Reason
  readonly runs: boolean
  readonly yes: () => void
  readonly no: () => void
}

/** Whether the card stops now or when the next one is there: told before it is done. */
function Sure({ reason, runs, yes, no }: SureProps) {
  const tell = useWords(holdingWords)
  const isNow = reason === 'lost' || reason === 'stolen'
  return (
    <Said tone="waiting" title={tell(isNow ? 'holding.sure' : 'holding.sure_later')} urgent>
      <Button
        mt={12}
        fullWidth
        {...(isNow ? { color: 'crimson' } : {})}
        loading={runs}
        onClick={yes}
      >
        {tell('holding.yes')}
      </Button>
      <Button mt={12} fullWidth variant="default" onClick={no}>
        {tell('holding.keep')}
      </Button>
    </Said>
  )
}
