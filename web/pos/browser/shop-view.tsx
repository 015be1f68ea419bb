/** The shop's first page: choose, order. Who comes back without a tab finds the last order here. */
import { Mark, useLanguage, useWords } from '@warifu/web/kit'
import { CartFoot } from './cart-foot.tsx'
import { Articles, CartLines } from './cart-view.tsx'
import { useGround } from './ground.tsx'
import { keyIn } from './told.ts'
import { useAct } from './use-act.ts'
import { useCart } from './use-cart.ts'
import { useCatalogue } from './use-catalogue.ts'
import { useView, ViewLink } from './views.tsx'
import type { Catalogue } from './wire.ts'
import { words } from './words.ts'

/** Under which this browser keeps the key of its last order. */
const LAST = 'shop-last-order'

export function ShopView() {
  const say = useWords(words)
  const catalogue = useCatalogue('/shop/api/catalogue')
  if (catalogue === null) return <Mark size={64} state="waiting" label={say('asking')} />
  return <Shopping catalogue={catalogue} />
}

function Shopping({ catalogue }: { readonly catalogue: Catalogue }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { post } = useGround()
  const { go } = useView()
  const act = useAct()
  const { cart, change, clear } = useCart('shop-cart')
  const last = localStorage.getItem(LAST)
  const { shop } = catalogue
  const order = () =>
    act.run(async () => {
      const key = keyIn(await post('/shop/api/orders', { ...cart, language }))
      localStorage.setItem(LAST, key)
      clear()
      go(`/shop/orders/${key}`)
    })
  const parts = { cart, catalogue, onChange: change }
  return (
    <>
      <h1 className="shop-name">{shop}</h1>
      {last === null ? null : (
        <p className="last-order">
          {say('lastOrder')}: <ViewLink to={`/shop/orders/${last}`}>{say('showOrder')}</ViewLink>
        </p>
      )}
      <div className="selling">
        <Articles {...parts} />
        <section className="slip" aria-labelledby="slip-title">
          <h2 id="slip-title">{say('cart')}</h2>
          {cart.lines.length === 0 ? <p className="hint">{say('emptyCart')}</p> : null}
          <CartLines {...parts} />
          <CartFoot cart={cart} catalogue={catalogue} act={act} label="checkout" onPress={order} />
        </section>
      </div>
    </>
  )
}
