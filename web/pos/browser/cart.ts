/** What is about to be ordered: pure, and the same for till and shop. */
import type { Article, NewOrder } from './wire.ts'

export type CartLine =
  | { readonly article: string; readonly quantity: number }
  | { readonly description: string; readonly price: number; readonly quantity: number }

export type Cart = {
  /** Names this order from its first line on: sent twice, it is one order. */
  readonly draft: string
  readonly lines: readonly CartLine[]
}

const MOST = 999

export const emptyCart = (draft: string): Cart => ({ draft, lines: [] })

/** One more of an article; what is in the cart already grows. */
export function withArticle(cart: Cart, article: string): Cart {
  const at = cart.lines.findIndex((line) => 'article' in line && line.article === article)
  if (at >= 0) return withQuantity(cart, at, (cart.lines[at]?.quantity ?? 0) + 1)
  return { ...cart, lines: [...cart.lines, { article, quantity: 1 }] }
}

export const withFreeLine = (cart: Cart, description: string, price: number): Cart => ({
  ...cart,
  lines: [...cart.lines, { description, price, quantity: 1 }],
})

/** Nothing of it takes the line away. */
export function withQuantity(cart: Cart, at: number, quantity: number): Cart {
  const change = (line: CartLine, index: number): CartLine[] => {
    if (index !== at) return [line]
    return quantity < 1 ? [] : [{ ...line, quantity: Math.min(MOST, quantity) }]
  }
  return { ...cart, lines: cart.lines.flatMap(change) }
}

type Language = NewOrder['language']

export const nameOf = (line: CartLine, articles: readonly Article[], language: Language): string =>
  'article' in line
    ? (articles.find(({ id }) => id === line.article)?.name[language] ?? line.article)
    : line.description

export const priceOf = (line: CartLine, articles: readonly Article[]): number =>
  'article' in line ? (articles.find(({ id }) => id === line.article)?.price ?? 0) : line.price

/** What the back end will come to as well; its word is the one that counts. */
export const totalOf = ({ lines }: Cart, articles: readonly Article[]): number =>
  lines.reduce((sum, line) => sum + priceOf(line, articles) * line.quantity, 0)

/** A cart as it was kept; undefined where it is none. */
export function readCart(text: string | null): Cart | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    const { draft, lines } = { draft: undefined, lines: undefined, ...Object(value) }
    return typeof draft === 'string' && Array.isArray(lines) ? { draft, lines } : undefined
  } catch {
    return undefined
  }
}
