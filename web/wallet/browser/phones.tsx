/** The phones of this person: which they are, what lives on each, and the end of one of them. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Phone } from '@warifu/devices/terminal'
import { localeOf } from '@warifu/protocol/language'
import { Said, useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { act } from './acting.ts'
import { useCards } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { phonesWords } from './words-phones.ts'
import { useWorld } from './world.tsx'

export function Phones() {
  const say = useWords(phonesWords)
  const { terminal } = useWorld()
  const [isRemoved, setRemoved] = useState(false)
  const { data: phones = [], error } = useQuery({
    queryKey: ['phones'],
    queryFn: () => terminal.phones(),
  })
  const coming = phones.find(({ current }) => current)?.coming ?? []
  return (
    <section className="phones" aria-labelledby="phones">
      <h2 id="phones">{say('phones.title')}</h2>
      <p className="quiet">{say('phones.lead')}</p>
      {error === null ? null : <TroubleSaid error={error} />}
      {isRemoved ? (
        <Said tone="arrived" title={say('phones.removed')}>
          {say('phones.removed_more')}
        </Said>
      ) : null}
      {coming.length === 0 ? null : <Coming />}
      <ul className="devices">
        {phones.map((phone) => (
          <li key={phone.id}>
            <Row phone={phone} removed={() => setRemoved(true)} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What was cut between a phone's end and its cards' coming goes on from here. */
function Coming() {
  const say = useWords(phonesWords)
  const world = useWorld()
  const bring = useDoing(() => act(world, () => world.terminal.pullComing()))
  return (
    <Said tone="waiting" title={say('phones.coming')}>
      {bring.error === null ? null : <TroubleSaid error={bring.error} />}
      <Button mt={12} loading={bring.runs} onClick={() => bring.begin()}>
        {say('phones.bring')}
      </Button>
    </Said>
  )
}

type RowProps = { readonly phone: Phone; readonly removed: () => void }

function Row({ phone, removed }: RowProps) {
  const say = useWords(phonesWords)
  const [isAsked, ask] = useState(false)
  const { name, current, status } = phone
  const called = name ?? say('phones.unnamed')
  return (
    <>
      <p className="device-name">
        {called} {current ? <span className="device-here">{say('phones.current')}</span> : null}
      </p>
      {status === 'active' ? null : (
        <p className="state" data-tone="refused">
          {say('phones.stopped')}
        </p>
      )}
      <Facts phone={phone} />
      {current ? null : isAsked ? (
        <Sure phone={phone} called={called} removed={removed} keep={() => ask(false)} />
      ) : (
        <Button variant="default" size="compact-md" onClick={() => ask(true)}>
          {say('phones.remove')}
        </Button>
      )}
    </>
  )
}

function Facts({ phone: { created_at, last_used_at, cards } }: { readonly phone: Phone }) {
  const say = useWords(phonesWords)
  const { language } = useLanguage()
  const { data: known = [] } = useCards(true)
  const when = new Intl.DateTimeFormat(localeOf[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  const tails = cards.flatMap((card) => known.find(({ id }) => id === card)?.last4 ?? [])
  return (
    <dl className="phone-facts">
      <dt>{say('phones.added')}</dt>
      <dd>{when.format(Date.parse(created_at))}</dd>
      <dt>{say('phones.used')}</dt>
      <dd>{when.format(Date.parse(last_used_at ?? created_at))}</dd>
      <dt>{say('phones.cards')}</dt>
      <dd>
        {tails.length === 0
          ? say('phones.no_card')
          : tails.map((last4) => `···· ${last4}`).join(', ')}
      </dd>
    </dl>
  )
}

type SureProps = RowProps & { readonly called: string; readonly keep: () => void }

function Sure({ phone, called, removed, keep }: SureProps) {
  const say = useWords(phonesWords)
  const world = useWorld()
  const removing = useDoing(async () => {
    await act(world, () => world.terminal.removePhone(phone.id))
    removed()
    // Where this is cut, the cards wait, and the list says so.
    await act(world, () => world.terminal.pullComing()).catch(() => undefined)
  })
  return (
    <Said tone="waiting" title={say('phones.sure', { name: called })} urgent>
      <p>{say('phones.sure_more')}</p>
      {removing.error === null ? null : <TroubleSaid error={removing.error} />}
      <Button
        mt={12}
        fullWidth
        color="crimson"
        loading={removing.runs}
        onClick={() => removing.begin()}
      >
        {say('phones.yes')}
      </Button>
      <Button mt={12} fullWidth variant="default" onClick={keep}>
        {say('phones.keep')}
      </Button>
    </Said>
  )
}
