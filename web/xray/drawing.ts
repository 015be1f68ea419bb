/**
 * Draws a payment's X-ray: columns cardholder → merchant → platform → vault, time down the page, an
 * arrow for each hop of the record. A column's ground tells what that party could read in all.
 */
import { CHIP, chipsAt, faceOf, rowsOf } from './chips.ts'
import { element, linesOf, type Paint, type SvgElement } from './elements.ts'
import type { Arrow, Column, Group, Place, Seen, Xray } from './model.ts'
import type { XrayWords } from './words.ts'

export type Drawing = {
  readonly words: XrayWords
  /** Only the first so many arrows; all without it. The room for the others is kept. */
  readonly shown?: number
  /** The arrow that is looked at. */
  readonly current?: number
}

const [GUTTER, COLUMN, EDGE] = [92, 186, 14]
const [GROUP, ARROW, FOOT] = [30, 34, 20]
const FONT = 'system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Apple SD Gothic Neo", sans-serif'

/** Letters keep the lines behind them at a distance: a stroke of the ground, under their fill. */
const HALO = { 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' }

const signOf: Readonly<Record<Seen, string>> = { reads: '●', carries: '▣', nothing: '–' }

type Frame = Drawing & {
  readonly xOf: (place: Place) => number
  readonly width: number
}

const text = (
  words: string,
  at: { readonly x: number; readonly y: number },
  how: { readonly size?: number; readonly anchor?: string; readonly bold?: true } & Paint = {},
): SvgElement => {
  const { size = 11, anchor = 'middle', bold, fill = 'ink', ...paint } = how
  const weight = bold ? { 'font-weight': 600 } : {}
  const attributes = { ...at, 'font-size': size, 'text-anchor': anchor, ...weight }
  const halo = paint.stroke === undefined ? {} : HALO
  return element('text', { ...attributes, ...halo }, { fill, ...paint }, [words])
}

// ─── The heads of the columns ────────────────────────────────────────────────────────────────────

const readLines = ({ reads }: Column, words: XrayWords): string[] => {
  const what = words.list(reads.map(words.thing))
  return linesOf(
    reads.length === 0 ? words.say('saw_nothing') : words.say('saw', { what }),
    11,
    166,
  )
}

const headHeight = (xray: Xray, words: XrayWords): number =>
  64 + 15 * Math.max(...xray.columns.map((column) => readLines(column, words).length))

function columnOf(column: Column, frame: Frame, [head, bottom]: readonly [number, number]) {
  const { place, seen } = column
  const { words } = frame
  const x = frame.xOf(place)
  const ground = { x: x - COLUMN / 2 + 4, y: 4, width: COLUMN - 8, height: bottom - 8, rx: 10 }
  const opacity = seen === 'reads' ? { 'fill-opacity': 0.09 } : {}
  const fill = seen === 'reads' ? 'vermilion' : 'surface'
  const edge = seen === 'reads' ? 'vermilion' : 'line'
  const tone = seen === 'reads' ? 'vermilion' : 'grey'
  return element('g', { 'data-place': place, 'data-seen': seen }, {}, [
    element('rect', { ...ground, ...opacity }, { fill, stroke: edge }),
    text(words.place(place), { x, y: 28 }, { size: 15, bold: true }),
    text(`${signOf[seen]} ${words.say(seen)}`, { x, y: 48 }, { size: 12, fill: tone }),
    ...readLines(column, words).map((line, at) =>
      text(line, { x, y: 66 + at * 15 }, { fill: 'grey' }),
    ),
    element('line', { x1: x, x2: x, y1: head, y2: bottom - 12 }, { stroke: 'line-strong' }),
  ])
}

// ─── Arrows ──────────────────────────────────────────────────────────────────────────────────────

/** Where an arrow and its chips lie, from its own top. */
function layOf(arrow: Arrow, { words, xOf, width }: Frame) {
  const [from, to] = [xOf(arrow.from), xOf(arrow.to)]
  const opened = arrow.to === 'vault' ? arrow.readings.flatMap(({ opens }) => opens) : []
  const things = [...new Set(opened.map((one) => words.thing(one.what)))]
  const what = words.list(things)
  const carried = arrow.chips.map((chip) => faceOf(chip, words))
  const refused = (code: string) => words.say('refused', { code: words.outcome(code) })
  const paint = (stroke: 'vermilion' | 'crimson') => ({ fill: 'surface', stroke }) as const
  const ends = [
    ...(what === ''
      ? []
      : [{ text: `● ${words.say('opened', { what })}`, paint: paint('vermilion') }]),
    ...(arrow.refused === null
      ? []
      : [{ text: `✕ ${refused(arrow.refused)}`, title: arrow.refused, paint: paint('crimson') }]),
  ]
  const span = Math.max(Math.abs(to - from) - 20, 300)
  const rows = rowsOf(carried, span)
  const within = [GUTTER + 4, width - EDGE] as const
  const middle = arrow.inside ? to + COLUMN / 4 : (from + to) / 2
  return { from, to, rows, ends: rowsOf(ends, 300), within, middle }
}

const heightOf = (arrow: Arrow, frame: Frame): number => {
  const { rows, ends } = layOf(arrow, frame)
  return ARROW + (rows.length + ends.length) * (CHIP + 2) + 8
}

function strokeOf({ inside, reported, refused }: Arrow, [from, to]: readonly [number, number]) {
  const stroke = refused === null ? 'ink' : 'crimson'
  const dash = reported ? { 'stroke-dasharray': '5 4' } : {}
  const y = ARROW - 8
  if (inside) {
    const d = `M${from} ${y - 10}h26v14h-19`
    const tip = `M${from + 1} ${y + 4}l8-4.5v9z`
    return [
      element('path', { d, 'stroke-width': 1.5 }, { fill: 'none', stroke }),
      element('path', { d: tip }, { fill: stroke }),
    ]
  }
  const way = to > from ? 1 : -1
  const end = to - way * 2
  return [
    element(
      'line',
      { x1: from + way * 3, x2: end - way * 6, y1: y, y2: y, 'stroke-width': 1.5, ...dash },
      { stroke },
    ),
    element('path', { d: `M${end} ${y}l${-8 * way}-4.5v9z` }, { fill: stroke }),
  ]
}

function arrowAt(arrow: Arrow, frame: Frame, top: number): SvgElement {
  const { words, current } = frame
  const { from, to, rows, ends, within, middle } = layOf(arrow, frame)
  const under = ARROW + 2
  const below = under + rows.length * (CHIP + 2)
  const isCurrent = arrow.index === current
  const height = heightOf(arrow, frame)
  const bar = { x: GUTTER - 4, y: 2, width: 3, height: height - 6, rx: 1.5 }
  const labelX = arrow.inside ? to + 34 : middle
  const anchor = arrow.inside ? 'start' : 'middle'
  const label = { size: 13, anchor, stroke: 'surface' } as const
  const route = `${arrow.from}>${arrow.to}`
  const own = { 'data-hop': arrow.index, 'data-route': route, transform: `translate(0 ${top})` }
  return element('g', own, {}, [
    element('title', {}, {}, [arrow.message]),
    ...(isCurrent ? [element('rect', bar, { fill: 'indigo' })] : []),
    ...sinceOf(arrow, words),
    text(labelOf(arrow, words), { x: labelX, y: ARROW - 15 }, label),
    ...strokeOf(arrow, [from, to]),
    ...chipsAt(rows, { middle, top: under, within }),
    ...chipsAt(ends, { middle: to, top: below, within }),
  ])
}

/** What it says; to the ledger, that it is its; what the platform did not see, that it was told. */
export function labelOf({ message, inside, reported }: Arrow, words: XrayWords): string {
  const what = words.message(message)
  if (inside) return words.say('ledger', { what })
  return reported ? `${what} (${words.say('reported')})` : what
}

const sinceOf = ({ sinceMs }: Arrow, words: XrayWords): SvgElement[] =>
  sinceMs === null || sinceMs === 0
    ? []
    : [
        text(
          `+${timeText(sinceMs, words)}`,
          { x: GUTTER - 12, y: ARROW - 4 },
          { anchor: 'end', fill: 'grey' },
        ),
      ]

/** As a person reads it: 12 ms, 1.4 s, 3 min. */
export function timeText(ms: number, { say }: XrayWords): string {
  if (Math.abs(ms) < 1000) return `${ms} ms`
  if (Math.abs(ms) < 120_000) return `${(ms / 1000).toFixed(1)} s`
  return say('minutes', { n: String(Math.round(ms / 60_000)) })
}

// ─── The whole ───────────────────────────────────────────────────────────────────────────────────

function groupAt(group: Group, frame: Frame, top: number): SvgElement {
  const clock = new Date(group.atMs).toISOString().slice(11, 19)
  const { words, width } = frame
  const raw = `${group.name} · ${group.outcome}`
  const outcome = `${words.request(group.name)} · ${words.outcome(group.outcome)}`
  const grey = { anchor: 'start', fill: 'grey' } as const
  const edges = { x1: 8, x2: width - 8, y1: top + 4, y2: top + 4 }
  return element('g', { 'data-request': group.request }, {}, [
    ...(raw === outcome ? [] : [element('title', {}, {}, [raw])]),
    element('line', { ...edges, 'stroke-dasharray': '2 4' }, { stroke: 'line-strong' }),
    text(clock, { x: 12, y: top + 20 }, grey),
    text(outcome, { x: GUTTER + 14, y: top + 20 }, { ...grey, stroke: 'surface' }),
  ])
}

export function summaryOf({ arrows, columns }: Xray, words: XrayWords): string {
  const named = (some: readonly Column[]) => words.list(some.map(({ place }) => words.place(place)))
  const readers = named(columns.filter(({ seen }) => seen === 'reads'))
  return words.say('summary', {
    count: String(arrows.length),
    parties: named(columns),
    readers: readers === '' ? words.say('nobody') : readers,
  })
}

export function draw(xray: Xray, drawing: Drawing): SvgElement {
  const { words, shown = xray.arrows.length } = drawing
  const { columns } = xray
  const width = GUTTER + columns.length * COLUMN + EDGE
  const order = new Map(columns.map(({ place }, at) => [place, at]))
  const xOf = (place: Place) => GUTTER + ((order.get(place) ?? 0) + 0.5) * COLUMN
  const frame: Frame = { ...drawing, xOf, width }
  const head = headHeight(xray, words)
  let top = head + 8
  const drawn: SvgElement[] = []
  for (const group of xray.groups) {
    const [first] = group.arrows
    if (first !== undefined && first.index < shown) drawn.push(groupAt(group, frame, top))
    top += GROUP
    for (const arrow of group.arrows) {
      if (arrow.index < shown) drawn.push(arrowAt(arrow, frame, top))
      top += heightOf(arrow, frame)
    }
  }
  const height = top + FOOT
  const size = { width, height, viewBox: `0 0 ${width} ${height}` }
  return element('svg', { ...size, role: 'img', 'font-family': FONT }, {}, [
    element('title', {}, {}, [words.say('title')]),
    element('desc', {}, {}, [summaryOf(xray, words)]),
    element('rect', { width, height }, { fill: 'paper' }),
    ...columns.map((column) => columnOf(column, frame, [head, height])),
    ...drawn,
  ])
}
