/**
 * The sample web shop: a cart, and the page of one order to which the wallet brings people back.
 */
import { PageFrame } from './page-frame.tsx'
import { ShopOrder } from './shop-order.tsx'
import { ShopView } from './shop-view.tsx'
import { useView } from './views.tsx'

export function ShopApp() {
  const { view } = useView()
  return (
    <PageFrame title="shop">
      {view.name === 'shop-order' ? <ShopOrder key={view.key} orderKey={view.key} /> : <ShopView />}
    </PageFrame>
  )
}
