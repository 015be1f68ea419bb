/** A new order: tap what is bought, see the total, ask for it. */
import { Button, TextInput } from '@mantine/core'
import { Mark, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { type Cart, totalOf, withFreeLine } from './cart.ts'
import { CartFoot } from './cart-foot.tsx'
import { Articles, CartLines } from './cart-view.tsx'
import { byLink, type Chosen, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { type Desk, PayChoice, wayIn } from './pay-choice.tsx'
import { useTill } from './till-live.tsx'
import { orderIn } from './told.ts'
import { useAct } from './use-act.ts'
import { useCart } from './use-cart.ts'
import { useCatalogue } from './use-catalogue.ts'
import { useView } from './views.tsx'
import type { Catalogue } from './wire.ts'
import { words } from './words.ts'

export function SellView({ desk }: { readonly desk: Desk }) {
  const catalogue = useCatalogue('/api/catalogue')
  const say = useWords(words)
  if (catalogue === null) return <Mark size={64} state="waiting" label={say('asking')} />
  return <Selling catalogue={catalogue} desk={desk} />
}

type SellingProps = { readonly catalogue: Catalogue; readonly desk: Desk }

function Selling({ catalogue, desk }: SellingProps) {
  const say = useWords(words)
  const isPhone = desk === 'phone'
  const { cart, change, clear } = useCart(isPhone ? 'phone-cart' : 'till-cart')
  const parts = { cart, catalogue, onChange: change }
  return (
    <div className="selling">
      <h1 className={isPhone ? 'selling-title' : 'unseen'}>
        {say(isPhone ? 'phoneOrder' : 'sell')}
      </h1>
      <Articles {...parts} />
      <section className="slip" aria-labelledby="slip-title">
        <header className="slip-head">
          <h2 id="slip-title">{say('order')}</h2>
          {cart.lines.length === 0 ? null : (
            <Button variant="subtle" onClick={clear}>
              {say('clear')}
            </Button>
          )}
        </header>
        {cart.lines.length === 0 ? <p className="hint">{say('emptyOrder')}</p> : null}
        <CartLines {...parts} />
        <Asking cart={cart} catalogue={catalogue} desk={desk} onAsked={clear} />
      </section>
      <FreeLine onAdd={(name, price) => change(withFreeLine(cart, name, price))} />
    </div>
  )
}

type AskingProps = SellingProps & {
  readonly cart: Cart
  readonly onAsked: () => void
}

const labelOf = ({ pay }: Chosen) => {
  if (pay?.kind === 'cash') return 'takeCash'
  return pay?.kind === 'transfer' ? 'expect' : 'ask'
}

function Asking({ cart, catalogue, desk, onAsked }: AskingProps) {
  const [chosen, choose] = useState<Chosen>(desk === 'counter' ? byLink : notYet)
  const { language } = useLanguage()
  const { post } = useGround()
  const { learn } = useTill()
  const { go } = useView()
  const act = useAct()
  const ask = () =>
    act.run(async () => {
      const order = orderIn(await post('/api/orders', { ...cart, ...wayIn(chosen), language }))
      learn(order)
      onAsked()
      go(`/orders/${order.number}`)
    })
  return (
    <>
      <PayChoice
        desk={desk}
        choose={choose}
        amount={totalOf(cart, catalogue.articles)}
        currency={catalogue.currency}
      />
      <CartFoot
        cart={cart}
        catalogue={catalogue}
        act={act}
        label={labelOf(chosen)}
        isMissing={chosen.isMissing}
        onPress={ask}
      />
    </>
  )
}

type FreeLineProps = { readonly onAdd: (description: string, price: number) => void }

function FreeLine({ onAdd }: FreeLineProps) {
  const say = useWords(words)
  const [description, setDescription] = useState('')
  const [price, setPrice] = useState('')
  const [isWrong, setWrong] = useState(false)
  const add = (event: FormEvent) => {
    event.preventDefault()
    const name = description.trim()
    const amount = Number(price)
    const isRight = name !== '' && /^[0-9]{1,9}$/.test(price) && amount > 0
    setWrong(!isRight)
    if (!isRight) return
    onAdd(name, amount)
    setDescription('')
    setPrice('')
  }
  return (
    <form className="free-line" onSubmit={add}>
      <h2>{say('free')}</h2>
      <div className="free-line-fields">
        <TextInput
          label={say('description')}
          value={description}
          maxLength={80}
          error={isWrong ? say('badLine') : undefined}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <TextInput
          label={say('price')}
          value={price}
          inputMode="numeric"
          maxLength={9}
          onChange={(event) => setPrice(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {say('addLine')}
        </Button>
      </div>
    </form>
  )
}
