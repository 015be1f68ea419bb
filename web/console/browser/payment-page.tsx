/** One payment: how it stands, what may be done with it now, and its whole record. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useWords } from '@warifu/web/kit'
import { XrayPicture } from '@warifu/web/xray-view'
import { Fault, NotYet } from './act.tsx'
import { type Calling, useCall } from './calling.ts'
import { Increments } from './increments.tsx'
import { Legs } from './legs.tsx'
import { PageHead } from './page-head.tsx'
import type { AnyPayment, Entry, OwnPayment } from './payment.ts'
import { PaymentActs } from './payment-acts.tsx'
import { Summary } from './payment-summary.tsx'
import { useSession } from './session.tsx'
import { Timeline } from './timeline.tsx'
import { paymentWords } from './words-payment.ts'
import { shellWords } from './words-shell.ts'
import { XrayLink } from './xray-link.tsx'

type Read = { readonly payment: AnyPayment; readonly timeline: readonly Entry[] }
type Id = OwnPayment['id']

async function readOne(call: Calling, id: Id, isOwn: boolean): Promise<Read> {
  const params = { id }
  if (!isOwn) return await call('readPayment', { params })
  const [payment, { data }] = await Promise.all([
    call('getPayment', { params }),
    call('getTimeline', { params }),
  ])
  return { payment, timeline: data }
}

/** A payment that may still change is looked at again. */
export const isMoving = ({ status }: AnyPayment) =>
  status === 'requires_action' || status === 'processing'

export function PaymentPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayHere = useWords(paymentWords)
  const call = useCall()
  const client = useQueryClient()
  const { may } = useSession()
  const isOwn = !may('readPayment')
  const { data, error, refetch } = useQuery({
    queryKey: ['payment', id],
    // What is no id, the API refuses.
    queryFn: () => readOne(call, id as Id, isOwn),
    refetchInterval: ({ state: { data: found } }) =>
      found !== undefined && isMoving(found.payment) ? 1_000 : 10_000,
  })
  const changed = async () => {
    await refetch()
    await client.invalidateQueries({ queryKey: ['list'] })
  }
  const back = { to: '/payments', name: say('payments') }
  if (data === undefined)
    return (
      <>
        <PageHead title={id} back={back} />
        <NotYet fault={error} label={say('asking')} />
      </>
    )
  const { payment, timeline } = data
  return (
    <article className="one">
      <PageHead title={payment.merchant_reference ?? payment.id} back={back} />
      <Fault fault={error} />
      <Summary payment={payment} />
      {'amount_capturable' in payment ? <PaymentActs payment={payment} onDone={changed} /> : null}
      {may('listIncrements') ? <Increments payment={payment.id} /> : null}
      <section className="list-page" aria-labelledby="xray">
        <h2 id="xray">{sayHere('xray')}</h2>
        <XrayPicture entries={timeline} name={payment.id} />
        <XrayLink payment={payment.id} />
      </section>
      <Timeline entries={timeline} />
      {may('readLegs') ? <Legs payment={payment.id} /> : null}
    </article>
  )
}
