/**
 * Draws the sequence picture of each card scheme: who sends what to whom, and for whom it is
 * sealed, in each language. The steps are a table; `node cli/scheme-pictures.ts` writes
 * docs/schemes/*.svg.
 */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Language, languages } from '@warifu/protocol/language'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import { schemeWord } from './scheme-words.ts'

type Party = 'terminal' | 'shop' | 'server' | 'vault' | 'bureau'
type Step = {
  readonly from: Party
  readonly to: Party
  readonly says: string
  /** What of it is sealed, and for whom. */
  readonly sealed?: string
}
/** A rule across the picture, with a word. */
type Part = { readonly part: string }

const parties: readonly Party[] = ['shop', 'terminal', 'server', 'vault', 'bureau']

const step = (from: Party, to: Party, says: string, sealed?: string): Step =>
  sealed === undefined ? { from, to, says } : { from, to, says, sealed }

const applying: readonly (Step | Part)[] = [
  { part: 'applying' },
  step('terminal', 'server', 'application, signed'),
  step('server', 'vault', 'make the card'),
]
const asking = [{ part: 'paying' }, step('shop', 'terminal', 'link')] as const
const deciding = [
  step('vault', 'server', 'card reference'),
  step('server', 'terminal', 'authorised'),
] as const
const showing = (what: string, sealed: string): readonly (Step | Part)[] => [
  ...asking,
  step('terminal', 'server', `${what}, signed, passkey`, sealed),
  step('server', 'vault', 'who sends? then open', sealed),
  ...deciding,
]
const arriving = (what: string, sealed: string): readonly (Step | Part)[] => [
  step('vault', 'server', what, sealed),
  step('server', 'terminal', what, sealed),
]

/** The schemes of the wire, and the one that has plastic beside it (JP6913237B2, fig. 3). */
export type Drawn = Scheme | 'physical'
export const drawnSchemes: readonly Drawn[] = [...schemes, 'physical']

export const stepsOf: { readonly [S in Drawn]: readonly (Step | Part)[] } = {
  terminal_sealed: [
    ...applying,
    ...arriving('card, payment key', 'card → terminal'),
    step('terminal', 'server', 'what I keep: digest'),
    ...showing('card', 'card → vault, this payment'),
  ],
  server_sealed: [
    ...applying,
    ...arriving('blob', 'card → vault'),
    step('terminal', 'server', 'what I keep: digest'),
    ...showing('the same blob', 'card → vault'),
  ],
  double_sealed: [
    ...applying,
    ...arriving('blob', '(card → vault) → terminal'),
    step('terminal', 'server', 'peeled; what I keep: digest'),
    ...showing('the blob inside', 'card → vault'),
  ],
  payment_key: [
    ...applying,
    ...arriving('blob, key of its owner’s', 'card → vault'),
    step('terminal', 'server', 'what I keep: digest'),
    ...showing('blob', '(card → vault) → owner’s key, this payment'),
  ],
  activation_number: [
    ...applying,
    ...arriving('blob, number, secret', '(card → vault), number, secret → terminal'),
    { part: 'activating: dead until then' },
    step('terminal', 'server', 'the number, signed'),
    step('server', 'vault', 'consume it, once'),
    ...showing('blob', '(card → vault) → vault, under the secret'),
  ],
  physical: [
    ...applying,
    ...arriving('card, payment key', 'card → terminal'),
    { part: 'making plastic: dead until it is in hand' },
    step('terminal', 'server', 'order, signed, passkey'),
    step('server', 'vault', 'who orders? then the job'),
    step('vault', 'server', 'job', 'card, chip keys → bureau'),
    step('server', 'bureau', 'job, as it waits there', 'card, chip keys → bureau'),
    step('bureau', 'server', 'accepted … delivered, signed'),
    { part: 'activating: from the applying phone' },
    ...arriving('page', 'nonce → terminal'),
    step('terminal', 'server', 'nonce, what was read, finding; signed', 'what was read → vault'),
    step('server', 'vault', 'is it that plastic?', 'what was read → vault'),
    ...showing('card', 'card → vault, this payment'),
  ],
}

const [LANE, LEFT, ROW, TOP] = [193, 90, 46, 64]
const xOf = (party: Party): number => LEFT + parties.indexOf(party) * LANE
/** Who has a lane: whoever sends or is sent to; the parties stand in one order. */
const lanesOf = (rows: readonly (Step | Part)[]): readonly Party[] =>
  parties.filter((party) =>
    rows.some((row) => 'from' in row && (row.from === party || row.to === party)),
  )
const widthOf = (rows: readonly (Step | Part)[]): number =>
  2 * LEFT + (lanesOf(rows).length - 1) * LANE

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

type Say = (english: string) => string

function drawn(row: Step | Part, say: Say, at: number, width: number): string {
  const y = TOP + at * ROW
  if ('part' in row)
    return `<line class="part" x1="20" x2="${width - 20}" y1="${y}" y2="${y}"/>
<text class="part" x="24" y="${y - 6}">${escaped(say(row.part))}</text>`
  const [from, to] = [xOf(row.from), xOf(row.to)]
  const [end, middle] = [to > from ? to - 7 : to + 7, (from + to) / 2]
  const lock =
    row.sealed === undefined
      ? ''
      : `\n<text class="sealed" x="${middle}" y="${y + 15}">▣ ${escaped(say(row.sealed))}</text>`
  return `<line class="arrow" x1="${from}" x2="${end}" y1="${y}" y2="${y}" marker-end="url(#to)"/>
<text x="${middle}" y="${y - 6}">${escaped(say(row.says))}</text>${lock}`
}

/** The picture of one scheme, as SVG. */
export function draw(scheme: Drawn, language: Language): string {
  const say = (english: string) => schemeWord(english, language)
  const rows = stepsOf[scheme]
  const [height, width] = [TOP + rows.length * ROW, widthOf(rows)]
  const lanes = lanesOf(rows).map(
    (party) => `<line class="lane" x1="${xOf(party)}" x2="${xOf(party)}" y1="34" y2="${height}"/>
<text class="party" x="${xOf(party)}" y="24">${say(party)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"
 role="img" aria-label="${scheme}: ${say('who sends what to whom')}">
<style>
svg { background: #fdfbf6; font: 13px system-ui, sans-serif }
text { fill: #1d2b3a; text-anchor: middle }
.party { font-weight: 600 } .part { fill: #6b5b3e; text-anchor: start; font-style: italic }
.sealed { fill: #0b5a52; font-size: 11px }
.lane { stroke: #b9b2a3 } line.part { stroke: #d8cfba; stroke-dasharray: 3 4 }
.arrow { stroke: #1d2b3a; stroke-width: 1.4 }
</style>
<defs><marker id="to" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7"
 orient="auto"><path d="M0 0L8 4L0 8z" fill="#1d2b3a"/></marker></defs>
${[...lanes, ...rows.map((row, at) => drawn(row, say, at, width))].join('\n')}
</svg>
`
}

export const PAGES = join(import.meta.dirname, '..', 'docs', 'schemes')
export const pictureOf = (scheme: Drawn, language: Language): string =>
  `${scheme.replaceAll('_', '-')}${language === 'en' ? '' : `-${language}`}.svg`

if (import.meta.main)
  for (const scheme of drawnSchemes)
    for (const language of languages)
      await writeFile(join(PAGES, pictureOf(scheme, language)), draw(scheme, language))
