/** Articles to tap, and the lines that came of it. */
import { Button } from '@mantine/core'
import { Amount, useLanguage, useWords } from '@warifu/web/kit'
import { type Cart, nameOf, priceOf, withArticle, withQuantity } from './cart.ts'
import type { Article, Catalogue } from './wire.ts'
import { words } from './words.ts'

type Props = {
  readonly cart: Cart
  readonly catalogue: Catalogue
  readonly onChange: (cart: Cart) => void
}

export function Articles({ cart, catalogue, onChange }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { articles, currency } = catalogue
  const tile = ({ id, name, price }: Article) => (
    <li key={id}>
      <button type="button" className="article" onClick={() => onChange(withArticle(cart, id))}>
        <span className="article-name">{name[language]}</span>
        <Amount amount={price} currency={currency} />
      </button>
    </li>
  )
  return (
    <section className="articles">
      <h2>{say('articles')}</h2>
      <ul className="article-list">{articles.map(tile)}</ul>
    </section>
  )
}

export function CartLines({ cart, catalogue, onChange }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { articles, currency } = catalogue
  return (
    <ul className="lines">
      {cart.lines.map((line, at) => {
        const name = nameOf(line, articles, language)
        const set = (quantity: number) => onChange(withQuantity(cart, at, quantity))
        return (
          <li key={'article' in line ? line.article : `free ${at}`} className="line">
            <span className="line-name">{name}</span>
            <span className="stepper">
              <Button
                variant="default"
                className="step"
                aria-label={say('less', { name })}
                onClick={() => set(line.quantity - 1)}
              >
                −
              </Button>
              <output className="quantity">{line.quantity}</output>
              <Button
                variant="default"
                className="step"
                aria-label={say('more', { name })}
                onClick={() => set(line.quantity + 1)}
              >
                +
              </Button>
            </span>
            <Amount amount={priceOf(line, articles) * line.quantity} currency={currency} />
          </li>
        )
      })}
    </ul>
  )
}

export function Total({
  amount,
  currency,
}: {
  readonly amount: number
  readonly currency: string
}) {
  const say = useWords(words)
  return (
    <p className="total">
      <span>{say('total')}</span>
      <Amount amount={amount} currency={currency} size="large" />
    </p>
  )
}
