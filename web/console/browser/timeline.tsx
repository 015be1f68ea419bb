/** The record of a payment: every request, and every message with what could be read in it. */
import { Toned, useWords } from '@warifu/web/kit'
import type { Entry } from './payment.ts'
import { Standing } from './states.tsx'
import { declineWords, isDeclineWord } from './words-declines.ts'
import { type PaymentWord, paymentWords } from './words-payment.ts'
import { isStepWord, stepWords } from './words-steps.ts'
import { useWritten } from './written.ts'

type Hop = Entry['hops'][number]

export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  const say = useWords(paymentWords)
  if (entries.length === 0) return null
  return (
    <section className="timeline" aria-labelledby="timeline">
      <h2 id="timeline">{say('timeline')}</h2>
      <ol>
        {entries.map((entry, at) => (
          <Request key={entry.request + entry.name} entry={entry} before={entries[at - 1]} />
        ))}
      </ol>
    </section>
  )
}

const gapOf = (entry: Entry, before: Entry | undefined): number | undefined =>
  before === undefined ? undefined : Date.parse(entry.at) - Date.parse(before.at)

type RequestProps = { readonly entry: Entry; readonly before: Entry | undefined }

function Request({ entry, before }: RequestProps) {
  const say = useWords(paymentWords)
  const sayStep = useWords(stepWords)
  const { time, count } = useWritten()
  const gap = gapOf(entry, before)
  return (
    <li className="request">
      <details>
        <summary>
          <span className="request-name">
            {isStepWord(entry.name) ? sayStep(entry.name) : entry.name}
          </span>
          <Outcome of={entry.outcome} />
          <span className="request-time">
            <time dateTime={entry.at}>{time(entry.at)}</time>
            {gap === undefined ? null : ` · ${say('later', { ms: count(gap) })}`}
          </span>
        </summary>
        <p className="small">
          <code>
            {entry.name} · {entry.outcome} · {entry.request}
          </code>
        </p>
        <ol className="hops">
          {entry.hops.map((hop, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a record never changes
            <Message key={at} hop={hop} />
          ))}
        </ol>
      </details>
    </li>
  )
}

/** A refusal is said as in the lists; anything else is a state. */
function Outcome({ of }: { readonly of: string }) {
  const say = useWords(declineWords)
  if (!isDeclineWord(of)) return <Standing state={of} />
  return <Toned tone="refused">{say(of)}</Toned>
}

function Message({ hop }: { readonly hop: Hop }) {
  const say = useWords(paymentWords)
  const { clock } = useWritten()
  const way = hop.outcome === 'refused' ? '✕' : '→'
  const party = (name: Hop['from']) => say(`party_${name}` satisfies PaymentWord)
  return (
    <li className="hop" data-outcome={hop.outcome}>
      <p className="hop-way">
        {party(hop.from)} <span aria-hidden="true">{way}</span> {party(hop.to)}{' '}
        <code>{hop.message}</code> <time dateTime={hop.at}>{clock(hop.at)}</time>
      </p>
      <p className="chips">
        {hop.readable.map((what) => (
          <span key={what} className="chip">
            {what}
          </span>
        ))}
        {hop.sealed.map(({ what, for: reader, key, check_value }) => (
          <span
            key={what + key}
            className="chip"
            data-kind="sealed"
            title={`${key} ${check_value ?? ''}`}
          >
            ▣ {say('sealedFor', { what, party: party(reader) })}
          </span>
        ))}
        {hop.signed_by === null ? null : <span className="chip">✎ {say('signed')}</span>}
        {hop.reported ? <span className="chip">{say('reported')}</span> : null}
        {hop.outcome === 'refused' ? <Standing state="refused" /> : null}
      </p>
    </li>
  )
}
