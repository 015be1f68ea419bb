/** One order: asked for, paid or not, refunded, and its receipt. */
import { Button } from '@mantine/core'
import { Amount, Mark, OrderLines, Said, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { Expecting } from './expecting.tsx'
import { BackEndRefusal, useGround } from './ground.tsx'
import { Outcome } from './outcome.tsx'
import { Receipt } from './receipt.tsx'
import { Refunding } from './refunding.tsx'
import { hasOpenRefund, Refunds } from './refunds.tsx'
import { isPaid, isWaiting } from './standing.tsx'
import { useTill } from './till-live.tsx'
import { orderIn } from './told.ts'
import { Trouble } from './trouble.tsx'
import { useAct } from './use-act.ts'
import { useView } from './views.tsx'
import { Waiting } from './waiting.tsx'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function OrderView({ number }: { readonly number: number }) {
  const say = useWords(words)
  const { orders, day, isOpen } = useTill()
  const isMissing = useOrder(number, day !== null && isOpen && !orders.has(number))
  const order = orders.get(number)
  if (isMissing && order === undefined) return <Said tone="refused" title={say('notFound')} />
  if (order === undefined) return <Mark size={64} state="waiting" label={say('asking')} />
  return <OneOrder order={order} />
}

/** An order of another day is not in today's stream: it is asked for. */
function useOrder(number: number, isWanted: boolean): boolean {
  const { get } = useGround()
  const { learn } = useTill()
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    if (!isWanted) return
    get(`/api/orders/${number}`).then(
      (told) => learn(orderIn(told)),
      (error) => setMissing(error instanceof BackEndRefusal),
    )
  }, [get, learn, number, isWanted])
  return isMissing
}

function OneOrder({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { go } = useView()
  const { isReachable } = useTill()
  const { number, amount, currency } = order
  return (
    <article className="one-order" data-waiting={isWaiting(order) || undefined}>
      <header className="one-order-head">
        <h1>{say('orderNumber', { number: String(number) })}</h1>
        <Amount amount={amount} currency={currency} size="large" />
      </header>
      {isWaiting(order) ? <Waiting order={order} isReachable={isReachable} /> : null}
      {order.status === 'expected' ? <Expecting order={order} /> : null}
      {isWaiting(order) || order.status === 'expected' ? null : <Outcome order={order} />}
      {isPaid(order) && order.isKept && (order.asked === 'phone' || order.asked === 'moto') ? (
        <Said tone="plain" title={say('keptTitle')}>
          {say('kept')}
        </Said>
      ) : null}
      <Refunds order={order} />
      {isWaiting(order) || order.status === 'expected' ? null : (
        <Button size="lg" fullWidth className="next" onClick={() => go('/')}>
          {say('next')}
        </Button>
      )}
      {isPaid(order) ? (
        <Receipt order={order} />
      ) : (
        <OrderLines lines={order.lines} currency={order.currency} />
      )}
      <Acts order={order} />
    </article>
  )
}

function Acts({ order }: { readonly order: Order }) {
  const isRefundable = order.status === 'captured' || order.status === 'settled'
  // A card that was read is on its way: there is nothing to cancel any more.
  if (order.entered !== null && order.entered.state !== 'waiting_for_card') return null
  if (isWaiting(order) || order.status === 'expected') return <Cancelling order={order} />
  const isLeft = order.refunded < order.captured
  return isRefundable && isLeft ? <Refunding order={order} isHeld={hasOpenRefund(order)} /> : null
}

function Cancelling({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { post } = useGround()
  const { learn } = useTill()
  const { isBusy, problem, run } = useAct()
  const cancel = () =>
    run(async () => {
      learn(orderIn(await post(`/api/orders/${order.number}/cancel`, {})))
    })
  return (
    <div className="cancelling">
      <Trouble problem={problem} />
      <Button variant="default" fullWidth loading={isBusy} onClick={() => void cancel()}>
        {say('cancel')}
      </Button>
    </div>
  )
}
