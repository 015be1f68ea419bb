/** What shops have asked for, newest first, each with what became of it. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, refusalWords, Said, type Tone, useLanguage, useWords } from '@warifu/web/kit'
import { type Activity, useActivity } from './asking.ts'
import { OrderLines } from './order-lines.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { type Word, words } from './words.ts'

export function HistoryView() {
  const say = useWords(words)
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useActivity()
  const rows = data?.pages.flatMap((page) => page.data) ?? []
  return (
    <section className="view">
      <h1>{say('history.title')}</h1>
      {error === null ? null : <TroubleSaid error={error} again={() => void refetch()} />}
      {isPending && error === null ? <p role="status">{say('wait')}</p> : null}
      {data !== undefined && rows.length === 0 ? (
        <Said tone="plain" title={say('history.none')}>
          {say('history.none_more')}
        </Said>
      ) : null}
      <ul className="history">
        {rows.map((row) => (
          <li key={row.payment}>
            <Row row={row} />
          </li>
        ))}
      </ul>
      {hasNextPage ? (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {say('history.more')}
        </Button>
      ) : null}
    </section>
  )
}

type Judged = { readonly word: Word; readonly tone: Tone }

/** What became of it, in a word and a sign. */
export function judge({ status, declined_because, amount_refunded }: Activity): Judged {
  if (status === 'declined' && declined_because === 'approval_denied')
    return { word: 'status.denied', tone: 'plain' }
  if (amount_refunded > 0) return { word: 'status.refunded', tone: 'arrived' }
  const isPaid = status === 'authorized' || status === 'captured' || status === 'settled'
  const isOpen = status === 'requires_action' || status === 'processing'
  if (isPaid || isOpen) return { word: `status.${status}`, tone: isPaid ? 'arrived' : 'waiting' }
  return { word: `status.${status}`, tone: status === 'declined' ? 'refused' : 'plain' }
}

function Row({ row }: { readonly row: Activity }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const locale = localeOf[language]
  const { word, tone } = judge(row)
  const { amount, currency, payee, card, amount_refunded: refunded, declined_because } = row
  const when = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <details className="row">
      <summary>
        <span className="row-who">{payee.name}</span>
        <span className="row-amount" data-moved={tone === 'arrived'}>
          <Amount amount={amount} currency={currency} />
        </span>
        <time className="quiet" dateTime={row.created_at}>
          {when.format(new Date(row.created_at))}
        </time>
        <span className="state" data-tone={tone}>
          {say(word)}
        </span>
      </summary>
      <div className="row-more">
        {declined_because === null || word === 'status.denied' ? null : (
          <p>{refusalWords(declined_because, language)}</p>
        )}
        {refunded > 0 ? (
          <p>
            {say('history.refunded', {
              amount: formatMoney({ amount: refunded, currency }, locale),
            })}
          </p>
        ) : null}
        <p>{payee.place}</p>
        <OrderLines lines={row.lines} currency={currency} />
        {card === null ? null : <p>{say('history.card', { last4: card.last4 })}</p>}
        <p className="quiet row-id">
          {say('history.number')} {row.payment}
        </p>
      </div>
    </details>
  )
}
