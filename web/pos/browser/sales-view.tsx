/** The sales of a day: what came, what went back, what is left, and every order of it. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { Amount, Mark, useLanguage, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { useGround } from './ground.tsx'
import { StandingWord, wayWordOf } from './standing.tsx'
import { useTill } from './till-live.tsx'
import { daySalesIn } from './told.ts'
import { Totals } from './totals.tsx'
import { ViewLink } from './views.tsx'
import type { DaySales, Order } from './wire.ts'
import { words } from './words.ts'

export function SalesView() {
  const say = useWords(words)
  const { day: today } = useTill()
  const [chosen, setChosen] = useState<string | null>(null)
  const other = useDay(chosen === today?.day ? null : chosen)
  const day = chosen === null || chosen === today?.day ? today : other
  if (today === null || day === null)
    return <Mark size={64} state="waiting" label={say('asking')} />
  return (
    <section className="sales">
      <DayChoice day={day.day} today={today.day} onChoose={setChosen} />
      <Totals day={day} />
      {day.orders.length === 0 ? <p className="hint">{say('noOrders')}</p> : <Orders day={day} />}
    </section>
  )
}

/** Another day than today, read anew whenever something was heard. */
function useDay(day: string | null): DaySales | null {
  const { get } = useGround()
  const { version } = useTill()
  const [sales, setSales] = useState<DaySales | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was heard is the reason to ask
  useEffect(() => {
    let isGone = false
    if (day !== null)
      get(`/api/days/${day}`).then(
        (told) => void (isGone || setSales(daySalesIn(told))),
        () => undefined, // asked again with the next thing heard
      )
    return () => {
      isGone = true
    }
  }, [get, day, version])
  return sales?.day === day ? sales : null
}

const shifted = (day: string, days: number): string => {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

type ChoiceProps = {
  readonly day: string
  readonly today: string
  readonly onChoose: (day: string) => void
}

function DayChoice({ day, today, onChoose }: ChoiceProps) {
  const say = useWords(words)
  const { language } = useLanguage()
  const format = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'full', timeZone: 'UTC' })
  const isToday = day === today
  return (
    <header className="day-choice">
      <Button
        variant="default"
        className="step"
        aria-label={say('dayBefore')}
        onClick={() => onChoose(shifted(day, -1))}
      >
        ‹
      </Button>
      <h1>
        {isToday ? <span className="day-today">{say('today')}</span> : null}
        <time dateTime={day}>{format.format(new Date(`${day}T00:00:00Z`))}</time>
      </h1>
      <Button
        variant="default"
        className="step"
        aria-label={say('dayAfter')}
        disabled={isToday}
        onClick={() => onChoose(shifted(day, 1))}
      >
        ›
      </Button>
    </header>
  )
}

function Orders({ day }: { readonly day: DaySales }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const time = new Intl.DateTimeFormat(localeOf[language], { timeStyle: 'short' })
  const row = (order: Order) => (
    <li key={order.number}>
      <ViewLink to={`/orders/${order.number}`} className="order-row">
        <span className="order-row-number">{order.number}</span>
        <span className="order-row-what">
          {order.lines
            .map(({ description, quantity }) => `${quantity}\u00a0×\u00a0${description}`)
            .join(', ')}
        </span>
        <span className="order-row-more">
          <span className="order-row-time">
            {time.format(new Date(order.created_at))} ·{' '}
            {say(order.place === 'shop' ? 'fromShop' : wayWordOf(order))}
          </span>
          <StandingWord order={order} />
        </span>
        <Amount amount={order.amount} currency={order.currency} />
      </ViewLink>
    </li>
  )
  return (
    <section>
      <h2>{say('orders')}</h2>
      <ul className="order-rows">{day.orders.map(row)}</ul>
    </section>
  )
}
