/** The tables of docs/testing.md, made of protocol/test-outcomes.ts. */
import {
  actsByAmount,
  type TestOutcome,
  testCardholders,
  testCards,
  testOutcomes,
} from '@warifu/protocol/test-outcomes'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')

const code = (word: string | undefined) => (word === undefined ? '' : `\`${word}\``)

const endsAs = ({ ends: { status, because }, late }: TestOutcome) =>
  [code(status), code(because ?? undefined), late ? 'when its time is over' : '']
    .filter((word) => word !== '')
    .join(', ')

export const outcomeTables: readonly string[] = [
  table(
    ['cardholder', 'number', 'when asked'],
    Object.entries(testCardholders).map(([name, { phone, words }]) => [code(name), phone, words]),
  ),
  table(
    ['card', 'what it is'],
    Object.entries(testCards).map(([name, { words }]) => [code(name), words]),
  ),
  table(
    ['amount ends in', 'the cardholder'],
    Object.entries(actsByAmount).map(([ending, { words }]) => [ending.padStart(2, '0'), words]),
  ),
  table(
    ['asked by', 'cardholder', 'card', 'amount', 'told at once', 'the payment ends'],
    testOutcomes.map((row) => [
      row.asked,
      row.who,
      code(row.card),
      String(row.amount),
      code(row.told),
      endsAs(row),
    ]),
  ),
]
