/** What was and will be delivered to a webhook endpoint: every attempt, and once more by hand. */
import type { Reply } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { ActButton } from './act-button.tsx'
import { type Column, countColumn, stateColumn, textColumn, timeColumn } from './columns.tsx'
import { Facts } from './facts.tsx'
import { useStale } from './stale.ts'
import { Standing } from './states.tsx'
import { shopWords } from './words-shop.ts'
import { useWritten } from './written.ts'

export type Delivery = Reply<'listWebhookDeliveries'>['data'][number]

export const deliveryColumns: readonly Column<Delivery>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  stateColumn('status', ({ status }) => status),
  textColumn('type', ({ type }) => type, 'minmax(0, 1.6fr)'),
  textColumn('about', ({ subject }) => subject, 'minmax(0, 2fr)'),
  countColumn('attempts', ({ attempts }) => attempts.length),
  timeColumn('next', ({ next_attempt_at }) => next_attempt_at),
]

type Props = {
  readonly delivery: Delivery
  /** Null where this person may not. */
  readonly resend: ((delivery: Delivery) => Promise<unknown>) | null
}

export function OneDelivery({ delivery, resend }: Props) {
  const say = useWords(shopWords)
  const stale = useStale()
  const { time } = useWritten()
  const [isSent, setSent] = useState(false)
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['status', { state: delivery.status }],
          ['event', { code: delivery.event }],
          ['about', { code: delivery.subject }],
          ['next', { time: delivery.next_attempt_at }],
        ]}
      />
      <ol className="log">
        {delivery.attempts.map(({ number, at, status, error, took_ms, response }) => (
          <li key={number}>
            <span>{say('attempt', { number: String(number) })}</span>
            <time dateTime={at}>{time(at)}</time>
            <span>{status ?? error ?? say('noAnswer')}</span>
            <span>{say('tookMs', { ms: String(took_ms) })}</span>
            {response === '' ? null : <code>{response}</code>}
          </li>
        ))}
      </ol>
      {isSent ? (
        <p role="status">
          <Standing state="passed" /> {say('resent')}
        </p>
      ) : null}
      {resend === null ? null : (
        <ActButton
          name={say('resend')}
          work={async () => {
            await resend(delivery)
            setSent(true)
            await stale()
          }}
        />
      )}
    </div>
  )
}
