/** Deliveries to one endpoint of a merchant, for the platform's people. */
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { useCall } from './calling.ts'
import { deliveryColumns, OneDelivery } from './deliveries.tsx'
import { Dialog } from './dialog.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { PageHead } from './page-head.tsx'
import { useSession } from './session.tsx'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

type Delivery = RowOf<'listMerchantDeliveries'>
type Id = { readonly id: `mer_${string}`; readonly endpoint: `whe_${string}` }

export function MerchantWebhookPage({ id, endpoint }: Id) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const { may } = useSession()
  const call = useCall()
  const params = { id, endpoint }
  const [chosen, choose] = useState<Delivery | null>(null)
  const resend = ({ event }: Delivery) => call('resendMerchantEvent', { params, body: { event } })
  return (
    <section className="list-page">
      <PageHead title={say('webhooks')} back={{ to: `/merchants/${id}`, name: say('merchants') }} />
      <ListPart
        title={sayShop('deliveries')}
        name="listMerchantDeliveries"
        columns={deliveryColumns}
        keyOf={({ event }) => event}
        onOpen={choose}
        params={params}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.type} onClose={() => choose(null)}>
          <OneDelivery delivery={chosen} resend={may('resendMerchantEvent') ? resend : null} />
        </Dialog>
      )}
    </section>
  )
}
