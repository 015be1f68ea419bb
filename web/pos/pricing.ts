/**
 * From what a page asks for to lines with amounts. Prices are the catalogue's, never the page's.
 */
import type { OrderLine } from '@warifu/protocol/sealed'
import type { Catalogue, NewOrder } from './browser/wire.ts'

export type Priced =
  | { readonly ok: true; readonly lines: readonly OrderLine[]; readonly amount: number }
  | { readonly ok: false; readonly param: string; readonly message: string }

/** What the platform takes at most (protocol/money.ts). */
const LARGEST = 999_999_999_999

export function price(
  { articles }: Catalogue,
  { lines, language }: Omit<NewOrder, 'draft'>,
): Priced {
  const priced: OrderLine[] = []
  for (const [at, line] of lines.entries()) {
    const { quantity } = line
    if ('price' in line) {
      priced.push({ description: line.description, quantity, amount: line.price * quantity })
      continue
    }
    const article = articles.find(({ id }) => id === line.article)
    if (article === undefined)
      return { ok: false, param: `lines.${at}.article`, message: 'is not in the catalogue' }
    const amount = article.price * quantity
    priced.push({ description: article.name[language], quantity, amount })
  }
  const amount = priced.reduce((sum, line) => sum + line.amount, 0)
  if (amount > LARGEST)
    return { ok: false, param: 'lines', message: 'together they are more than can be paid at once' }
  return { ok: true, lines: priced, amount }
}
