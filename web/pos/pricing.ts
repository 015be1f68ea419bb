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

type Asked = Pick<NewOrder, 'lines' | 'language'>

export function price(catalogue: Catalogue, { lines, language }: Asked): Priced {
  const priced: OrderLine[] = []
  for (const [at, line] of lines.entries()) {
    const one = priceLine(catalogue, line, language)
    if ('fault' in one) return { ok: false, param: `lines.${at}${one.field}`, message: one.fault }
    priced.push(one)
  }
  const amount = priced.reduce((sum, line) => sum + line.amount, 0)
  if (amount > LARGEST)
    return { ok: false, param: 'lines', message: 'together they are more than can be paid at once' }
  return { ok: true, lines: priced, amount }
}

type Fault = { readonly field: string; readonly fault: string }

function priceLine(
  { articles }: Catalogue,
  line: NewOrder['lines'][number],
  language: NewOrder['language'],
): OrderLine | Fault {
  const { article, description, price: single, quantity } = line
  if (article === undefined) {
    if (description === undefined || single === undefined)
      return { field: '', fault: 'needs an article, or a description and a price' }
    return { description, quantity, amount: single * quantity }
  }
  if (description !== undefined || single !== undefined)
    return { field: '', fault: 'an article has its own name and price' }
  const known = articles.find(({ id }) => id === article)
  if (known === undefined) return { field: '.article', fault: 'is not in the catalogue' }
  return { description: known.name[language], quantity, amount: known.price * quantity }
}
