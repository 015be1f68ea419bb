/**
 * The file map of docs/sim.md, drawn from a card's own bytes: the tree, the header that SELECT
 * tells, the data area entry by entry, and the selector bit by bit.
 */
import { decode, encode } from '@warifu/crypto/ber-tlv'
import { readDirectory, readEntry } from '@warifu/crypto/credit-file'

export type Drawn = {
  /** File control parameters of the file with the card numbers. */
  readonly header: Uint8Array
  readonly area: Uint8Array
}

const [ROW, CELL, TOP] = [24, 25, 60]
const WIDTH = 1240
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()

// biome-ignore format: a table
const colours: Readonly<Record<number, string>> = {
  0: '#e7eaf3', 1: '#cfe8d5', 2: '#fbe3b5', 3: '#f6d5d5', 16: '#d9dcf7',
}
// biome-ignore format: a table
const kinds: Readonly<Record<number, string>> = {
  0: 'directory', 1: 'card number', 2: 'PIN digits', 3: 'identity number', 16: 'company’s key',
}
const placeOf = (at: number): string => at.toString(16).toUpperCase().padStart(4, '0')
const kindOf = (description: number): string => kinds[description] ?? 'other'

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const text = (x: number, y: number, words: string, kind = ''): string =>
  `<text x="${x}" y="${y}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(words)}</text>`

/** Bytes in a row of boxes; a long entry shows its beginning and its last byte. */
function boxes(x: number, y: number, bytes: Uint8Array, fill: string): string {
  const isLong = bytes.length > 9
  const shown = isLong ? [...bytes.subarray(0, 7), -1, bytes.at(-1) ?? 0] : [...bytes]
  return shown
    .map((byte, at) => {
      const left = x + at * CELL
      const label = byte < 0 ? '…' : hexOf(Uint8Array.of(byte))
      const box = `<rect x="${left}" y="${y - 16}" width="${CELL}" height="21" fill="${fill}"/>`
      return box + text(left + CELL / 2, y, label, 'm')
    })
    .join('')
}

// ─── Left: tree, header, selector ────────────────────────────────────────────────────────────────

const tree = [
  '3F00  master file',
  '├ 2F00  EF.DIR     applications',
  '├ 2FE2  EF.ICCID   the card’s own number',
  '└ F057415249465502  application WARIFU',
  '   ├ 6F01  SFI 1   all of it, transparent',
  '   ├ 6F11  SFI 2   directory, records of 6',
  '   ├ 6F12  SFI 3   card numbers, records of 9',
  '   ├ 6F13  SFI 4   PIN digits, records of 2',
  '   ├ 6F14  SFI 5   identity number, record of 8',
  '   └ 6F15  SFI 6   companies’ keys, records of 66',
]

// biome-ignore format: a table
const meanings: Readonly<Record<number, string>> = {
  130: 'structure: linear fixed, 4 records of 9',
  131: 'identifier',
  165: 'update activity: high',
  138: 'life cycle: activated',
  171: 'access: READ, UPDATE by PIN (01);',
  128: 'size: 36 bytes',
  136: 'short file identifier: 3',
}
const ACCESS = 0xab

function headerRows(header: Uint8Array, from: number): string {
  const [template] = decode(header)
  const objects = decode(template?.value ?? new Uint8Array(0))
  let y = from
  const rows = objects.map(({ tag, value }) => {
    const bytes = hexOf(encode([{ tag, value }])).replaceAll(/(..)(?=.)/g, '$1 ')
    const cut = bytes.match(/.{1,36}/g) ?? []
    const lines = [meanings[tag] ?? '', tag === ACCESS ? 'ACTIVATE, DEACTIVATE by maker (0A)' : '']
    const drawn = cut.map((part, at) => {
      return text(30, y + at * 20, part, 'h') + text(320, y + at * 20, lines[at] ?? '')
    })
    y += cut.length * 20 + 4
    return drawn.join('')
  })
  return rows.join('')
}

const selectorRows = (byte: number, y: number): string => {
  const bits = byte.toString(2).padStart(8, '0')
  const cells = [...bits].map((bit, at) => {
    const x = 30 + at * CELL
    const fill = at === 0 ? '#fbe3b5' : '#cfe8d5'
    const box = `<rect x="${x}" y="${y - 16}" width="${CELL}" height="21" fill="${fill}"/>`
    return box + text(x + CELL / 2, y, bit, 'm')
  })
  const flag = `bit 8, flag: ${bits[0] === '1' ? '1 = bank' : '0 = card company'}`
  const company = `bits 7–1: index ${byte & 0x7f}`
  return `${cells.join('')}${text(245, y, `${flag};  ${company}`)}`
}

// ─── Right: the data area ────────────────────────────────────────────────────────────────────────

type Line = {
  readonly at: number
  readonly bytes: Uint8Array
  readonly kind: number
  readonly words: string
}

function linesOf(area: Uint8Array): Line[] {
  const places = readDirectory(area)
  const rows = Array.from({ length: places.length + 1 }, (_, row): Line => {
    const bytes = area.subarray(row * 6, row * 6 + 6)
    const place = places[row - 1]
    const isFirst = place === undefined
    const length = isFirst ? (places.length + 1) * 6 : place.length
    const whose = isFirst ? 'the directory itself' : kindOf(place.description)
    const must = isFirst || place.isMandatory ? 'M' : 'O'
    const address = isFirst ? 0 : place.address
    return {
      at: row * 6,
      bytes,
      kind: 0,
      words: `${length} B · ${whose} · ${must} · ${placeOf(address)}`,
    }
  })
  const entries = places.map(({ address, length, description: kind }): Line => {
    const bytes = area.subarray(address, address + length)
    return { at: address, bytes, kind, words: wordsOf(bytes, kind) }
  })
  return [...rows, ...entries]
}

function wordsOf(bytes: Uint8Array, kind: number): string {
  if (bytes.every((byte) => byte === 0xff)) return `${kindOf(kind)}: none`
  if (kind > 3) return `${kindOf(kind)}: P-256 point, selector`
  const { digits = '', selector } = readEntry(bytes) ?? {}
  const whose = selector?.flag === 'bank' ? 'bank' : 'company'
  const spaced = digits.replaceAll(/(....)(?=.)/g, '$1 ')
  return `${kindOf(kind)} ${spaced} · ${whose} ${selector?.company}`
}

/** The picture as SVG text. */
export function drawFileMap({ header, area }: Drawn): string {
  const lines = linesOf(area)
  const height = TOP + lines.length * ROW + 36
  const right = lines.map(({ at, bytes, kind, words }, row) => {
    const y = TOP + 24 + row * ROW
    const address = placeOf(at)
    return (
      text(600, y, address, 'h') +
      boxes(648, y, bytes, colours[kind] ?? '#eee') +
      text(885, y, words)
    )
  })
  const selector = secondOf(area)
  const parts = [
    text(24, 32, 'The files', 't'),
    ...tree.map((line, at) => text(30, TOP + at * 20, line, 'h')),
    text(24, 290, 'The header: what SELECT 6F12 tells', 't'),
    headerRows(header, 320),
    text(24, 540, `The selector of the second card: ${hexOf(Uint8Array.of(selector))}`, 't'),
    selectorRows(selector, 570),
    text(594, 32, 'The data area: the same bytes in both forms', 't'),
    text(600, 54, 'at', 'h'),
    ...right,
  ]
  return `${head(height)}${parts.join('\n')}\n</svg>\n`
}

const secondOf = (area: Uint8Array): number => {
  const second = readDirectory(area)[1]
  return second === undefined ? 0 : (area[second.address + second.length - 1] ?? 0)
}

const head = (height: number): string => `<svg xmlns="http://www.w3.org/2000/svg" \
viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The SIM’s files with their bytes">
<style>
text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1b1f2a }
.m { font: 13px ui-monospace, monospace; text-anchor: middle }
.h { font: 13px ui-monospace, monospace; white-space: pre }
.t { font-weight: 650; font-size: 16px }
rect { stroke: #6b7280; stroke-width: 0.6 }
</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff" style="stroke:none"/>
`
