/** The till: sell, watch one order, look at the sales. */
import { Said, useWords } from '@warifu/web/kit'
import { CustomersView } from './customers-view.tsx'
import { OrderView } from './order-view.tsx'
import { PageFrame } from './page-frame.tsx'
import { SalesView } from './sales-view.tsx'
import { SellView } from './sell-view.tsx'
import { TillLive, useTill } from './till-live.tsx'
import { useView, ViewLink } from './views.tsx'
import { words } from './words.ts'

export const TillApp = () => (
  <TillLive>
    <PageFrame title="till" nav={<Nav />}>
      <Lines />
      <CurrentView />
    </PageFrame>
  </TillLive>
)

function Nav() {
  const say = useWords(words)
  const { view } = useView()
  return (
    <nav className="nav">
      <ViewLink to="/" isHere={view.name === 'sell'}>
        {say('sell')}
      </ViewLink>
      <ViewLink to="/phone" isHere={view.name === 'phone'}>
        {say('phoneOrder')}
      </ViewLink>
      <ViewLink to="/sales" isHere={view.name === 'sales'}>
        {say('sales')}
      </ViewLink>
      <ViewLink to="/customers" isHere={view.name === 'customers'}>
        {say('savedCards')}
      </ViewLink>
    </nav>
  )
}

/** The two lines that can be cut: page to back end, back end to platform. */
function Lines() {
  const say = useWords(words)
  const { isOpen, isReachable } = useTill()
  const { view } = useView()
  if (!isOpen)
    return (
      <Said tone="waiting" title={say('cutTitle')} urgent>
        {say('cut')}
      </Said>
    )
  if (isReachable || view.name === 'order') return null
  return (
    <Said tone="waiting" title={say('farTitle')}>
      {say('far')}
    </Said>
  )
}

function CurrentView() {
  const { view } = useView()
  if (view.name === 'order') return <OrderView key={view.number} number={view.number} />
  if (view.name === 'sales') return <SalesView />
  if (view.name === 'customers') return <CustomersView />
  const desk = view.name === 'phone' ? 'phone' : 'counter'
  return <SellView key={desk} desk={desk} />
}
