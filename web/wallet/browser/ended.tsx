/** How a payment ended: what happened, whether money moved, what next; and back to the shop. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import {
  Amount,
  Mark,
  refusalWords,
  Said,
  type Tone,
  useClock,
  useLanguage,
  useWords,
} from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import type { Ending, Pending } from './pending.ts'
import { go } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

const tones: Readonly<Record<Ending['kind'], Tone>> = {
  paid: 'arrived',
  denied: 'plain',
  expired: 'waiting',
  cancelled: 'plain',
  declined: 'refused',
  failed: 'refused',
}

type Props = { readonly pending: Pending; readonly ending: Ending }

export function Ended({ pending, ending }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const world = useWorld()
  const content = pending.claim?.content ?? null
  const shop = content?.payee.name ?? ''
  const amount = content === null ? '' : formatMoney(content, localeOf[language])
  const back = addressOf(pending.claim?.return_url ?? null)
  const finish = async (next: () => void) => {
    // Who opened another link meanwhile is asked about that one.
    if ((await world.pending.drop(pending)) === null) next()
  }
  return (
    <section className="view pay">
      <Mark size={72} state={ending.kind === 'paid' ? 'met' : 'apart'} />
      <h1 className="pay-shop">{shop || say('pay.title')}</h1>
      {content === null ? null : (
        <p className="pay-amount" data-moved={ending.kind === 'paid'}>
          <Amount amount={content.amount} currency={content.currency} size="large" />
        </p>
      )}
      <Said tone={tones[ending.kind]} title={say(`ended.${ending.kind}`)} urgent>
        {'code' in ending ? <p>{refusalWords(ending.code, language)}</p> : null}
        <p>{say(`ended.${ending.kind}_more`, { shop, amount })}</p>
        {ending.kind === 'declined' ? <p>{say('ended.use_other')}</p> : null}
      </Said>
      <div className="acts">
        {back === null ? (
          <Button size="lg" fullWidth onClick={() => void finish(() => go('/'))}>
            {say('ended.done')}
          </Button>
        ) : (
          <Returning shop={shop} leave={() => void finish(() => world.leaveFor(back))} />
        )}
      </div>
    </section>
  )
}

/** Only a web address is one to go to. */
function addressOf(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

const READ_MS = 4000

type Back = { readonly shop: string; readonly leave: () => void }

/** Goes back by itself after a moment to read, unless the person says stay. */
function Returning({ shop, leave }: Back) {
  const say = useWords(words)
  const clock = useClock()
  const [stays, setStays] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one moment, counted once
  useEffect(() => (stays ? undefined : clock.after(READ_MS, leave)), [clock, stays])
  return (
    <>
      <Button size="lg" fullWidth onClick={leave}>
        {say('ended.return', { shop })}
      </Button>
      {stays ? null : (
        <>
          <p className="quiet" role="status">
            {say('ended.returning', { shop })}
          </p>
          <Button variant="subtle" fullWidth onClick={() => setStays(true)}>
            {say('ended.stay')}
          </Button>
        </>
      )}
    </>
  )
}
