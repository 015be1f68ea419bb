/** One webhook endpoint: its deliveries with every attempt, and what can be done about them. */
import { useClock, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { NotYet } from './act.tsx'
import { ActButton, OpenButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import { type Delivery, deliveryColumns, OneDelivery } from './deliveries.tsx'
import { Dialog } from './dialog.tsx'
import { Facts } from './facts.tsx'
import { ListPart } from './list-page.tsx'
import { OnePage, Panel, useOnce } from './one.tsx'
import { useRoute } from './route.tsx'
import { Secret } from './secret.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { type Webhook, webhookState } from './webhooks-page.tsx'
import { shellWords } from './words-shell.ts'
import { shopWords } from './words-shop.ts'

export function WebhookPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayShop = useWords(shopWords)
  const { may } = useSession()
  const back = { to: '/webhooks', name: say('webhooks') }
  return (
    <OnePage name="getWebhookEndpoint" id={id} back={back} title={({ url }) => url}>
      {(webhook) => (
        <>
          <Panel title={sayShop('endpoint')}>
            <Facts
              facts={[
                ['status', { state: webhookState(webhook) }],
                ['description', { text: webhook.description }],
                ['events', { text: webhook.types.join(', ') || sayShop('allEvents') }],
                ['created', { time: webhook.created_at }],
                ['failing', { time: webhook.failing_since }],
                ['reason', { state: webhook.disabled_because }],
                ['id', { code: webhook.id }],
              ]}
            />
            {may('updateWebhookEndpoint') ? <Acts webhook={webhook} /> : null}
          </Panel>
          <Deliveries webhook={webhook} />
        </>
      )}
    </OnePage>
  )
}

const DAYS_BACK = 7 * 24 * 3_600_000

function Acts({ webhook }: { readonly webhook: Webhook }) {
  const say = useWords(shopWords)
  const call = useCall()
  const stale = useStale()
  const { go } = useRoute()
  const { nowMs } = useClock()
  const params = { id: webhook.id }
  const isOn = webhook.status === 'enabled'
  const since = () => new Date(nowMs() - DAYS_BACK).toISOString()
  const then = (work: Promise<unknown>, told?: string) => work.then(stale).then(() => told)
  const counted = async (work: Promise<{ readonly deliveries: number }>) => {
    const { deliveries } = await work
    await stale()
    return say('sentCount', { count: String(deliveries) })
  }
  return (
    <div className="acts">
      <OpenButton name={say('showSecret')} title={say('showSecret')}>
        {() => <ShownSecret id={webhook.id} />}
      </OpenButton>
      <ActButton
        name={say('rotate')}
        ask={{ title: say('rotate'), lead: say('rotateLead') }}
        work={() => then(call('rotateWebhookSecret', { params, body: {} }), say('rotated'))}
      />
      <ActButton
        name={say('sendExample')}
        work={() =>
          then(
            call('sendWebhookExample', { params, body: { type: 'payment.captured' } }),
            say('exampleSent'),
          )
        }
      />
      <ActButton
        name={say('recover')}
        work={() => counted(call('recoverWebhooks', { params, body: { since: since() } }))}
      />
      <ActButton
        name={say('replayMissing')}
        work={() => {
          const body = { from: since(), to: new Date(nowMs()).toISOString() }
          return counted(call('replayMissingWebhooks', { params, body }))
        }}
      />
      <ActButton
        name={say(isOn ? 'disable' : 'enable')}
        work={() => then(call('updateWebhookEndpoint', { params, body: { enabled: !isOn } }))}
      />
      <ActButton
        name={say('remove')}
        isDangerous
        ask={{ title: say('remove'), lead: say('removeLead') }}
        work={async () => {
          await call('deleteWebhookEndpoint', { params })
          go('/webhooks')
          await stale()
        }}
      />
    </div>
  )
}

/** Asked for anew at each look: the one of before may have been rotated away. */
function ShownSecret({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const { data, error } = useOnce('getWebhookSecret', { id })
  if (data === undefined) return <NotYet fault={error} label={say('asking')} />
  return <Secret text={data.secret} />
}

function Deliveries({ webhook }: { readonly webhook: Webhook }) {
  const say = useWords(shopWords)
  const call = useCall()
  const { may } = useSession()
  const [chosen, choose] = useState<Delivery | null>(null)
  const resend = ({ event, endpoint }: Delivery) =>
    call('resendEvent', { params: { id: event }, body: { endpoint } })
  return (
    <>
      <ListPart
        title={say('deliveries')}
        name="listWebhookDeliveries"
        params={{ id: webhook.id }}
        columns={deliveryColumns}
        keyOf={({ event }) => event}
        onOpen={choose}
      />
      {chosen === null ? null : (
        <Dialog title={chosen.type} onClose={() => choose(null)}>
          <OneDelivery delivery={chosen} resend={may('resendEvent') ? resend : null} />
        </Dialog>
      )}
    </>
  )
}
