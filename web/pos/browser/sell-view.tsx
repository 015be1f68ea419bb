/** A new order: tap what is bought, see the total, ask for it. */
import { Button, TextInput } from '@mantine/core'
import { Mark, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { type Cart, withFreeLine } from './cart.ts'
import { CartFoot } from './cart-foot.tsx'
import { Articles, CartLines } from './cart-view.tsx'
import type { Chosen } from './chosen.ts'
import { useGround } from './ground.tsx'
import { PayChoice, wayIn } from './pay-choice.tsx'
import { useTill } from './till-live.tsx'
import { orderIn } from './told.ts'
import { useAct } from './use-act.ts'
import { useCart } from './use-cart.ts'
import { useCatalogue } from './use-catalogue.ts'
import { useView } from './views.tsx'
import type { Catalogue } from './wire.ts'
import { words } from './words.ts'

export function SellView() {
  const catalogue = useCatalogue('/api/catalogue')
  const say = useWords(words)
  if (catalogue === null) return <Mark size={64} state="waiting" label={say('asking')} />
  return <Selling catalogue={catalogue} />
}

function Selling({ catalogue }: { readonly catalogue: Catalogue }) {
  const say = useWords(words)
  const { cart, change, clear } = useCart('till-cart')
  const parts = { cart, catalogue, onChange: change }
  return (
    <div className="selling">
      <h1 className="unseen">{say('sell')}</h1>
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
        <Asking cart={cart} catalogue={catalogue} onAsked={clear} />
      </section>
      <FreeLine onAdd={(name, price) => change(withFreeLine(cart, name, price))} />
    </div>
  )
}

type AskingProps = {
  readonly cart: Cart
  readonly catalogue: Catalogue
  readonly onAsked: () => void
}

function Asking({ cart, catalogue, onAsked }: AskingProps) {
  const [chosen, choose] = useState<Chosen>({ pay: undefined, isMissing: false })
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
      <PayChoice choose={choose} />
      <CartFoot
        cart={cart}
        catalogue={catalogue}
        act={act}
        label="ask"
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
