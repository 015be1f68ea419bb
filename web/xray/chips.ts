/** What travels, as chips below an arrow: the signs of the X-ray language, and how they lie. */
import type { KeyName } from '@warifu/protocol/vault'
import { element, type Paint, type SvgElement, widthOf } from './elements.ts'
import type { Chip } from './model.ts'
import type { XrayWords } from './words.ts'

type Face = { readonly text: string; readonly title?: string; readonly paint: Paint }

export const CHIP = 20
const SIZE = 11
const GAP = 6

const plain: Paint = { fill: 'surface', stroke: 'line' }
const number: Paint = { fill: 'surface', stroke: 'vermilion' }

/** Whose name this is: a terminal's, a SIM's, or the key serial number of an entry device. */
const signerOf = (by: string) =>
  by === 'sim' ? 'sim' : by.startsWith('ksn ') ? 'entry_device' : 'terminal'

const keyText = ({ kid: key, check_value: check }: KeyName, { say }: XrayWords): string =>
  say('key', { key, check })

/** The key's name is long; its check value tells keys apart as well. */
const short = (key: string): string =>
  key.length > 14 ? `${key.slice(0, 6)}…${key.slice(-4)}` : key

export function faceOf(chip: Chip, words: XrayWords): Face {
  if (chip.kind === 'signed') {
    const by = words.place(signerOf(chip.by))
    const tail = chip.key === undefined ? '' : ` ${chip.key.check_value}`
    const title = chip.key === undefined ? chip.by : keyText(chip.key, words)
    return { text: `✎ ${words.say('signed', { by })}${tail}`, title, paint: plain }
  }
  if (chip.kind === 'verified') {
    const text = `✓ ${words.say('verified')} · ${short(chip.key.kid)} ${chip.key.check_value}`
    return { text, title: keyText(chip.key, words), paint: plain }
  }
  if (chip.kind === 'sealed') {
    const { what, for: opener, key, check_value } = chip.sealed
    const party = words.place(opener === 'ledger' ? 'server' : opener)
    const text = words.say('sealed', { what: words.thing(what), party })
    const check = check_value ?? ''
    const title = words.say(check === '' ? 'key_unsaid' : 'key', { key, check })
    const tail = check === '' ? '' : ` · ${short(key)} ${check}`
    return { text: `▣ ${text}${tail}`, title, paint: { fill: 'surface', stroke: 'ink' } }
  }
  const text = words.thing(chip.what)
  if (chip.kind === 'number') return { text: `● ${text}`, paint: number }
  if (chip.kind === 'token') return { text: `◇ ${text}`, paint: plain }
  if (chip.kind === 'last4') return { text: `···· ${text}`, paint: plain }
  return { text, paint: plain }
}

const roomOf = ({ text }: Face): number => widthOf(text, SIZE) + 16

/** Faces in rows that are no wider than this. */
export function rowsOf(faces: readonly Face[], width: number): Face[][] {
  const rows: Face[][] = []
  let left = 0
  for (const face of faces) {
    const room = roomOf(face) + GAP
    const row = rows.at(-1)
    if (row === undefined || room > left + GAP) {
      rows.push([face])
      left = width - room
    } else {
      row.push(face)
      left -= room
    }
  }
  return rows
}

type Lying = {
  readonly middle: number
  readonly top: number
  readonly within: readonly [number, number]
}

/** Rows of chips around a middle, kept between two edges. */
export const chipsAt = (
  rows: readonly (readonly Face[])[],
  { middle, top, within: [left, right] }: Lying,
): SvgElement[] =>
  rows.flatMap((row, line) => {
    const whole = row.reduce((sum, face) => sum + roomOf(face) + GAP, -GAP)
    let x = Math.max(left, Math.min(middle - whole / 2, right - whole))
    return row.map((face) => {
      const at = { x, y: top + line * (CHIP + 2), width: roomOf(face) }
      x += at.width + GAP
      return chip(face, at)
    })
  })

type Place = { readonly x: number; readonly y: number; readonly width: number }

const chip = ({ text, title, paint }: Face, { x, y, width }: Place): SvgElement => {
  const ink = paint.stroke === 'vermilion' || paint.stroke === 'crimson' ? paint.stroke : 'ink'
  const words = { x: x + width / 2, y: y + 14, 'font-size': SIZE, 'text-anchor': 'middle' }
  return element('g', {}, {}, [
    ...(title === undefined ? [] : [element('title', {}, {}, [title])]),
    element('rect', { x, y, width, height: CHIP, rx: 6 }, paint),
    element('text', words, { fill: ink }, [text]),
  ])
}
