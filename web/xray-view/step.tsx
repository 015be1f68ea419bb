/** One message looked at closely: what each party can read of it, and which key closes it. */
import type { Arrow, Column, Reading, Sealed, XrayWords } from '@warifu/web/xray'
import { labelOf, timeText } from '@warifu/web/xray'

type Props = {
  readonly arrow: Arrow
  readonly count: number
  readonly columns: readonly Column[]
  readonly words: XrayWords
  /** The payment: a page may show several. */
  readonly name: string
}

export function Step({ arrow, count, columns, words, name }: Props) {
  const { index, from, to, message, sinceMs, reported, refused } = arrow
  const { say, place } = words
  const more = [
    ...(sinceMs === null ? [] : [say('later', { time: timeText(sinceMs, words) })]),
    ...(reported ? [say('reported_is')] : []),
  ]
  const route = from === to ? place(from) : `${place(from)} → ${place(to)}`
  return (
    <div className="xray-step">
      <p className="xray-step-title" aria-live="polite">
        {say('step', { n: String(index + 1), count: String(count) })}: {route}:{' '}
        {labelOf({ ...arrow, reported: false }, words)}
        {refused === null ? null : ` ✕ ${say('refused', { code: words.outcome(refused) })}`}
      </p>
      <p className="xray-step-more">
        {isName(message) ? <code>{message}</code> : null}
        {more.length > 0 && isName(message) ? ' · ' : null}
        {more.join(' · ')}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys */}
      <section className="xray-step-scroll" tabIndex={0} aria-label={`${say('who')}: ${name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('who')}</th>
              <th scope="col">{say('reads_here')}</th>
              <th scope="col">{say('holds_here')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <Row
                key={column.place}
                place={column.place}
                reading={arrow.readings.find((one) => one.place === column.place)}
                words={words}
              />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}

/** Of the API or the vault; what people do has words only. */
const isName = (message: string) => /^\w*[A-Z_]\w*$/.test(message)

type RowProps = {
  readonly place: Column['place']
  readonly reading: Reading | undefined
  readonly words: XrayWords
}

function Row({ place, reading, words }: RowProps) {
  if (reading === undefined)
    return (
      <tr data-near="no">
        <th scope="row">{words.place(place)}</th>
        <td colSpan={2}>{words.say('not_here')}</td>
      </tr>
    )
  const { reads, opens, cannotOpen } = reading
  const opened = opens.map((one) => words.say('opened', { what: `● ${words.thing(one.what)}` }))
  return (
    <tr>
      <th scope="row">{words.place(place)}</th>
      <td>
        {words.list(reads.map(words.thing))}
        {opened.length === 0 ? null : <span className="xray-number"> {words.list(opened)}</span>}
        {reads.length + opened.length === 0 ? '–' : null}
      </td>
      <td>
        {cannotOpen.length === 0 ? '–' : words.list(cannotOpen.map((one) => keyText(one, words)))}
      </td>
    </tr>
  )
}

const keyText = ({ what, key, check_value: check }: Sealed, { say, thing }: XrayWords): string =>
  `▣ ${thing(what)} (${check === null ? say('key_unsaid', { key }) : say('key', { key, check })})`
