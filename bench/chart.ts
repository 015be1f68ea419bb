/**
 * One chart of lying bars as SVG, for a light or a dark page: stacked parts, marks for what is
 * asked, an axis with its unit, a legend, and below it where the figures are from. Plain shapes, no
 * style and no script: a page of any policy may show them.
 */
export type Part = { readonly value: number; readonly of: string }
export type Bar = {
  readonly name: string
  readonly parts: readonly Part[]
  /** What is asked for, drawn as a line across. */
  readonly mark?: number | undefined
  /** Said at the bar's end, in place of its sum. */
  readonly said?: string
}
export type Chart = {
  readonly title: string
  readonly axis: string
  readonly marks?: string
  readonly bars: readonly Bar[]
  /** Machine and day. */
  readonly from: string
}
export type Theme = 'light' | 'dark'

const inks = {
  light: { page: '#ffffff', text: '#1d2430', quiet: '#5a6472', grid: '#dde2e8', mark: '#b3261e' },
  dark: { page: '#14171b', text: '#ece8df', quiet: '#9aa3ad', grid: '#2e343c', mark: '#ff8a80' },
} as const
const shades = {
  light: ['#2f6f9f', '#c2803a', '#6b8e4e', '#8a6fae'],
  dark: ['#6fb1e0', '#e0a866', '#9dc47c', '#b9a1dc'],
} as const

const [WIDTH, LEFT, RIGHT, ROW, TOP] = [720, 220, 84, 30, 64] as const

const safe = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const plain = (value: number): string => String(Number(value.toPrecision(3)))

/** Round numbers up to at least `most`, some five of them. */
export function ticksTo(most: number): number[] {
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step)
}

const sumOf = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0)

export function drawn({ title, axis, marks, bars, from }: Chart, theme: Theme): string {
  const ink = inks[theme]
  const ticks = ticksTo(Math.max(...bars.flatMap((bar) => [sumOf(bar), bar.mark ?? 0]), 1e-9))
  const end = ticks.at(-1) ?? 1
  const x = (value: number) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / end
  const bottom = TOP + bars.length * ROW
  const kinds = [...new Set(bars.flatMap(({ parts }) => parts.map(({ of }) => of)))]
  const shade = (of: string) => shades[theme][kinds.indexOf(of) % shades[theme].length] ?? ''
  const lines = [
    `<title>${safe(title)}</title>`,
    box({ x: 0, y: 0, width: WIDTH, height: bottom + 64, fill: ink.page }),
    text({ x: 12, y: 24, fill: ink.text, size: 16 }, title),
    ...legend(kinds, marks).map(({ at, said, isMark }) => {
      const fill = isMark ? ink.mark : shade(said)
      const key = box({ x: at, y: 38, width: isMark ? 3 : 12, height: 12, fill })
      return key + text({ x: at + 18, y: 49, fill: ink.quiet, size: 12 }, said)
    }),
    ...ticks.map((tick) => {
      const line = box({ x: x(tick), y: TOP, width: 1, height: bottom - TOP, fill: ink.grid })
      const place = { x: x(tick), y: bottom + 16, fill: ink.quiet, size: 12, middle: true }
      return line + text(place, plain(tick))
    }),
    ...bars.map((bar, at) => drawnBar(bar, { y: TOP + at * ROW, x, shade, ink })),
    text({ x: x(end / 2), y: bottom + 34, fill: ink.text, size: 12, middle: true }, axis),
    text({ x: 12, y: bottom + 54, fill: ink.quiet, size: 11 }, from),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 64}" role="img"
 font-family="system-ui, sans-serif">
${lines.join('\n')}
</svg>
`
}

type Place = {
  readonly x: number
  readonly y: number
  readonly fill: string
  readonly size: number
  readonly middle?: boolean
}
const text = ({ x, y, fill, size, middle }: Place, words: string): string =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"` +
  `${middle === true ? ' text-anchor="middle"' : ''}>${safe(words)}</text>`

type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly fill: string
}
const box = ({ x, y, width, height, fill }: Box): string =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" ` +
  `height="${height}" fill="${fill}"/>`

/** Side by side; nothing where there is one kind of bar and no mark. */
function legend(kinds: readonly string[], marks: string | undefined) {
  let at = 12
  const said = [
    ...(kinds.length > 1 ? kinds.map((kind) => ({ said: kind, isMark: false })) : []),
    ...(marks === undefined ? [] : [{ said: marks, isMark: true }]),
  ]
  return said.map((one) => {
    const placed = { ...one, at }
    at += 36 + one.said.length * 7
    return placed
  })
}

type Row = {
  readonly y: number
  readonly x: (value: number) => number
  readonly shade: (of: string) => string
  readonly ink: (typeof inks)[Theme]
}

function drawnBar(bar: Bar, { y, x, shade, ink }: Row): string {
  let from = 0
  const boxes = bar.parts.map(({ value, of }) => {
    const left = x(from)
    from += value
    return box({ x: left, y: y + 5, width: x(from) - left, height: 20, fill: shade(of) })
  })
  const mark =
    bar.mark === undefined
      ? ''
      : box({ x: x(bar.mark) - 1, y: y + 2, width: 3, height: 26, fill: ink.mark })
  const end = Math.max(x(from), bar.mark === undefined ? 0 : x(bar.mark)) + 8
  const said = text({ x: end, y: y + 19, fill: ink.text, size: 12 }, bar.said ?? plain(from))
  return (
    text({ x: 12, y: y + 19, fill: ink.text, size: 13 }, bar.name) + boxes.join('') + mark + said
  )
}
