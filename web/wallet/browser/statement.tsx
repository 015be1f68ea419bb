/** A card's month: what stood before, what moved, what is owed and until when. */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { Amount, Said, useClock, useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import type { Card } from './asking.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { statementWords } from './words-statement.ts'
import { useWorld } from './world.tsx'
import './statement.css'

type StatementOf = Reply<'getStatement'>
type Of = { readonly statement: StatementOf }
const MONTHS = 12

/** This month and those before it, as `YYYY-MM`. Months are UTC's, as the books'. */
function monthsUntil(nowMs: number): string[] {
  const now = new Date(nowMs)
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  )
}

export function Statement({ card }: { readonly card: Card }) {
  const tell = useWords(statementWords)
  const say = useWords(words)
  const { language } = useLanguage()
  const { terminal } = useWorld()
  const months = monthsUntil(useClock().nowMs())
  const [month, setMonth] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['statement', card.id, month],
    enabled: month !== null,
    queryFn: () => terminal.statement(card.id, month ?? ''),
  })
  if (month === null)
    return (
      <Button variant="default" fullWidth mt={12} onClick={() => setMonth(months[0] ?? null)}>
        {tell('statement.show')}
      </Button>
    )
  const name = new Intl.DateTimeFormat(localeOf[language], {
    ...{ year: 'numeric', month: 'long', timeZone: 'UTC' },
  })
  return (
    <section className="statement" aria-label={tell('statement.title')}>
      <h3>{tell('statement.title')}</h3>
      <NativeSelect
        size="md"
        label={tell('statement.month')}
        value={month}
        onChange={(event) => setMonth(event.currentTarget.value)}
        data={months.map((value) => ({ value, label: name.format(new Date(`${value}-01`)) }))}
      />
      {error === null ? null : <TroubleSaid error={error} again={() => void refetch()} />}
      {data === undefined && error === null ? <p role="status">{say('wait')}</p> : null}
      {data === undefined ? null : <Sums statement={data} />}
      {data === undefined ? null : <Entries statement={data} />}
    </section>
  )
}

function Sums({ statement }: Of) {
  const tell = useWords(statementWords)
  const { language } = useLanguage()
  const { currency, opening, spent, given_back, repaid, adjustments, closing, due } = statement
  const day = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'long', timeZone: 'UTC' })
  const rows = [
    [opening > 0 ? 'before_owed' : 'before_there', Math.abs(opening)],
    ['spent', spent],
    ['given_back', given_back],
    ['repaid', repaid],
    ...(adjustments === 0 ? [] : [['adjustments', adjustments] as const]),
    [closing > 0 ? 'owed' : 'there', Math.abs(closing)],
  ] as const
  return (
    <>
      <dl className="facts">
        {rows.map(([word, amount]) => (
          <div key={word}>
            <dt>{tell(`statement.${word}`)}</dt>
            <dd>
              <Amount amount={amount} currency={currency} />
            </dd>
          </div>
        ))}
      </dl>
      {due === null ? null : (
        <Said tone="waiting" title={tell('statement.due', { date: day.format(new Date(due)) })} />
      )}
    </>
  )
}

const entries = ['capture', 'refund', 'fund', 'repay', 'adjustment'] as const
type Entry = (typeof entries)[number]
const isEntry = (name: string): name is Entry => entries.some((one) => one === name)

function Entries({ statement: { entries: all, currency } }: Of) {
  const tell = useWords(statementWords)
  const { language } = useLanguage()
  const when = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'medium' })
  if (all.length === 0) return <p className="quiet">{tell('statement.none')}</p>
  return (
    <ul className="history" aria-label={tell('statement.entries')}>
      {all.map(({ at, entry, reference, payee, amount }) => (
        <li key={`${entry}/${reference}`} className="statement-row">
          <span className="row-who">
            {payee ?? (isEntry(entry) ? tell(`statement.entry.${entry}`) : entry)}
          </span>
          <span className="row-amount">
            <Amount amount={amount} currency={currency} />
          </span>
          <time className="quiet" dateTime={at}>
            {when.format(new Date(at))}
          </time>
          {payee === null || !isEntry(entry) ? null : (
            <span className="quiet">{tell(`statement.entry.${entry}`)}</span>
          )}
        </li>
      ))}
    </ul>
  )
}
