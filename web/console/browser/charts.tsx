/**
 * Charts (7-look): direct labels instead of legends, bars from zero, percentiles as lines, the
 * colours of states. Drawn in the pixels that there are; the same figures stand below as a table.
 */
import type { Tone } from '@warifu/web/kit'
import { Said, useWords } from '@warifu/web/kit'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { alone, apart, type Frame, linePath, roundMax, xOf, yOf } from './scale.ts'
import { chartWords } from './words-charts.ts'

const HEIGHT = 132
const TOP = 18
const FOOT = 20
const LABEL_GAP = 15
/** Room for the names of lines at the right edge. */
const NAMES = 92
/** As wide as letters get: Latin ones, and those of Japanese and Korean. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, one) => sum + (one < '\u1100' ? 7.2 : 12.5), 14)

export type Series = {
  readonly name: string
  readonly tone: Tone | 'ink'
  readonly values: readonly (number | null)[]
}
type ChartProps = {
  readonly title: string
  /** What it says in one sentence. */
  readonly says: string
  /** The name of each place, oldest first. */
  readonly places: readonly string[]
  readonly write: (value: number) => string
}

/** There is nothing to draw: words in the place of empty axes. */
export const EmptyChart = ({ title, says }: Pick<ChartProps, 'title' | 'says'>) => (
  <div className="chart">
    <h2>{title}</h2>
    <Said tone="plain" title={says} />
  </div>
)

/** One value for each place, as bars. */
export function BarChart(props: ChartProps & { readonly series: Series }) {
  const { places, series, write } = props
  return (
    <Chart {...props} series={[series]} edge={0}>
      {(frame) => {
        const width = Math.max(1, (frame.width / Math.max(1, places.length)) * 0.72)
        const most = Math.max(...series.values.map((value) => value ?? 0))
        const top = series.values.lastIndexOf(most)
        return (
          <>
            {series.values.map((value, at) => {
              if (value === null || value === 0) return null
              const y = yOf(frame, value)
              const x = xOf(frame, at, places.length) - width / 2
              const size = { x, y, width, height: frame.height - y }
              return <rect key={places[at]} className="bar" data-tone={series.tone} {...size} />
            })}
            {most > 0 ? (
              <text
                className="chart-value"
                x={xOf(frame, top, places.length)}
                y={yOf(frame, most) - 4}
                textAnchor={anchorOf(top, places.length)}
              >
                {write(most)}
              </text>
            ) : null}
          </>
        )
      }}
    </Chart>
  )
}

const anchorOf = (at: number, count: number) =>
  at < count * 0.15 ? 'start' : at > count * 0.85 ? 'end' : 'middle'

type LineProps = ChartProps & {
  readonly series: readonly Series[]
  /** The top of the scale, where it is known: a share has one. */
  readonly max?: number
}

/** Lines, each named at its end with its newest value. */
export function LineChart(props: LineProps) {
  const { series, write } = props
  const ends = series.map(({ values }) => values.findLast((value) => value !== null) ?? null)
  const labels = series.map(({ name }, at) => `${name} ${write(ends[at] ?? 0)}`)
  return (
    <Chart {...props} edge={Math.max(NAMES, ...labels.map(widthOf))}>
      {(frame) => {
        const spots = apart(
          ends.map((end) => yOf(frame, end ?? 0) + 4),
          LABEL_GAP,
          frame.height,
        )
        return series.map(({ name, tone, values }, at) => (
          <g key={name} data-tone={tone}>
            <path className="line" d={linePath(frame, values)} />
            {alone(values).map((place) => (
              <circle
                key={place}
                className="dot"
                cx={xOf(frame, place, values.length)}
                cy={yOf(frame, values[place] ?? 0)}
                r="2.5"
              />
            ))}
            {ends[at] === null ? null : (
              <text className="chart-name" x={frame.width + 6} y={spots[at]}>
                {labels[at]}
              </text>
            )}
          </g>
        ))
      }}
    </Chart>
  )
}

type InnerProps = LineProps & {
  readonly edge: number
  readonly children: (frame: Frame) => ReactNode
}

function Chart({ title, says, places, series, write, edge, max, children }: InnerProps) {
  const say = useWords(chartWords)
  const [figure, width] = useWidth()
  const values = series.flatMap((one) => one.values.filter((value) => value !== null))
  const frame = { width: Math.max(1, width - edge), height: HEIGHT, max: max ?? roundMax(values) }
  const last = places.length - 1
  return (
    <figure ref={figure} className="chart">
      <figcaption>
        <h2>{title}</h2>
        <p className="hint">{says}</p>
      </figcaption>
      <svg
        width={Math.max(1, width)}
        height={HEIGHT + TOP + FOOT}
        role="img"
        aria-label={`${title}. ${says}`}
      >
        <g transform={`translate(0 ${TOP})`}>
          <line className="chart-foot" x1="0" x2={frame.width} y1={HEIGHT} y2={HEIGHT} />
          <text className="chart-scale" x="0" y="-6">
            {write(frame.max)}
          </text>
          {children(frame)}
          <text className="chart-scale" x="0" y={HEIGHT + 15}>
            {places[0]}
          </text>
          <text className="chart-scale" x={frame.width} y={HEIGHT + 15} textAnchor="end">
            {places[last]}
          </text>
        </g>
      </svg>
      <details>
        <summary>{say('asNumbers')}</summary>
        <Numbers {...{ title, places, series, write }} />
      </details>
    </figure>
  )
}

type NumbersProps = Pick<InnerProps, 'title' | 'places' | 'series' | 'write'>

function Numbers({ title, places, series, write }: NumbersProps) {
  const say = useWords(chartWords)
  return (
    <div className="numbers">
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{say('place')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map((place, at) => (
            <tr key={place}>
              <th scope="row">{place}</th>
              {series.map(({ name, values }) => {
                const value = values[at] ?? null
                return <td key={name}>{value === null ? '–' : write(value)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function useWidth() {
  const figure = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const found = figure.current
    if (found === null) return
    // Within its edges; told at once, and whenever it changes.
    const watcher = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0))
    watcher.observe(found)
    return () => watcher.disconnect()
  }, [])
  return [figure, width] as const
}

export type Ranked = {
  readonly name: string
  readonly value: number
  readonly tone: Tone | 'ink'
  readonly title?: string
}

type RankProps = Pick<ChartProps, 'title' | 'says' | 'write'> & { readonly rows: readonly Ranked[] }

/** What is most: a bar and its name each, from the longest to the shortest. */
export function RankChart({ title, says, write, rows }: RankProps) {
  const most = Math.max(1, ...rows.map(({ value }) => value))
  return (
    <figure className="chart">
      <figcaption>
        <h2>{title}</h2>
        <p className="hint">{says}</p>
      </figcaption>
      <ol className="ranked">
        {rows.map(({ name, value, tone, title: hint }) => (
          <li key={name} title={hint}>
            <span>{name}</span>
            <svg width="100%" height="12" aria-hidden="true" data-tone={tone}>
              <rect className="bar" width={`${(100 * value) / most}%`} height="12" rx="2" />
            </svg>
            <span className="ranked-value">{write(value)}</span>
          </li>
        ))}
      </ol>
    </figure>
  )
}
