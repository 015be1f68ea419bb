/**
 * One order of the web shop. The address is all that a customer needs: it shows the truth of the
 * back end, whether they come back from the wallet, from another tab, or tomorrow.
 */
import { Button } from '@mantine/core'
import { Amount, Countdown, Mark, OrderLines, Said, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { BackEndRefusal, useGround } from './ground.tsx'
import { Outcome } from './outcome.tsx'
import { Qr } from './qr.tsx'
import { isPaid, isWaiting } from './standing.tsx'
import { orderIn } from './told.ts'
import { useView } from './views.tsx'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function ShopOrder({ orderKey }: { readonly orderKey: string }) {
  const say = useWords(words)
  const { order, isOpen, isMissing } = useShopOrder(orderKey)
  if (isMissing) return <Said tone="refused" title={say('notFound')} />
  if (order === null) return <Mark size={64} state="waiting" label={say('asking')} />
  return (
    <article className="one-order shop-order">
      {isOpen ? null : (
        <Said tone="waiting" title={say('cutTitle')} urgent>
          {say('cut')}
        </Said>
      )}
      <header className="one-order-head">
        <h1>{say('orderNumber', { number: String(order.number) })}</h1>
        <Amount amount={order.amount} currency={order.currency} size="large" />
      </header>
      {isWaiting(order) ? <ToPay order={order} /> : <Outcome order={order} />}
      {isPaid(order) ? <p className="thanks">{say('shopApproved')}</p> : null}
      <OrderLines lines={order.lines} currency={order.currency} />
      {isWaiting(order) ? null : <Again />}
    </article>
  )
}

function Again() {
  const say = useWords(words)
  const { go } = useView()
  return (
    <Button variant="default" fullWidth onClick={() => go('/shop')}>
      {say('again')}
    </Button>
  )
}

function ToPay({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { link, doubt, deadline_at: deadline } = order
  if (doubt)
    return (
      <Said tone="waiting" title={say('doubtTitle')} urgent>
        {say('doubt')}
      </Said>
    )
  return (
    <div className="waiting" data-below>
      <p className="waiting-words" role="status">
        {say(link === null && deadline !== null ? 'claimed' : 'shopWaiting')}
      </p>
      {link === null ? (
        <Mark size={72} state="waiting" />
      ) : (
        <>
          <Button component="a" href={link} size="lg" fullWidth>
            {say('payHere')}
          </Button>
          <p className="hint">{say('payThere')}</p>
          <Qr text={link} label={say('qr')} />
        </>
      )}
      {deadline === null ? null : <Countdown deadline={deadline} />}
    </div>
  )
}

function useShopOrder(key: string) {
  const { listen, get } = useGround()
  const [order, setOrder] = useState<Order | null>(null)
  const [isOpen, setOpen] = useState(true)
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    const path = `/shop/api/orders/${key}`
    let stop = () => {}
    let isGone = false
    const hear = () => {
      if (isGone) return
      stop = listen(`${path}/stream`, {
        onState: setOpen,
        onMessage: (_, data) => setOrder(orderIn(data)),
      })
    }
    get(path).then(hear, (error: unknown) =>
      error instanceof BackEndRefusal ? setMissing(true) : hear(),
    )
    return () => {
      isGone = true
      stop()
    }
  }, [get, listen, key])
  return { order, isOpen, isMissing }
}
