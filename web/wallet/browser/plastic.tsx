/** A card's PIN, and its plastic: ordered here, and brought to life here with the card in hand. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Plastic } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { PinPanel } from './pin.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { go } from './views.tsx'
import { plasticWords as words } from './words-plastic.ts'
import { useWorld } from './world.tsx'

export function PlasticView() {
  const say = useWords(words)
  const { data: state } = useTerminalState()
  const here = state?.cards.filter((card) => card.is_confirmed) ?? []
  return (
    <section className="view">
      <h1>{say('plastic.open')}</h1>
      {here.map(({ card, last4 }) => (
        <article key={card} className="card-panel">
          <h2>{say('history.card', { last4 })}</h2>
          <PinPanel card={card} />
          <PlasticPanel card={card} />
        </article>
      ))}
      <div className="acts">
        <Button variant="subtle" fullWidth onClick={() => go('/')}>
          {say('plastic.back')}
        </Button>
      </div>
    </section>
  )
}

const POLL_MS = 2000
const travelling: ReadonlySet<Plastic['status']> = new Set([
  'ordered',
  'accepted',
  'produced',
  'shipped',
])
const over: ReadonlySet<Plastic['status']> = new Set(['rejected', 'lost', 'ended'])

type Props = { readonly card: Id<'crd'> }

function PlasticPanel({ card }: Props) {
  const say = useWords(words)
  const { terminal } = useWorld()
  const { data } = useQuery({
    queryKey: ['plastic', card],
    queryFn: () => terminal.plastics(card),
    refetchInterval: ({ state }) =>
      travelling.has(state.data?.[0]?.status ?? 'ended') ? POLL_MS : false,
  })
  const [newest] = data ?? []
  return (
    <section>
      <h3>{say('plastic.title')}</h3>
      {newest === undefined ? (
        <p className="quiet">{say('plastic.none')}</p>
      ) : (
        <p className="state" data-tone={newest.status === 'active' ? 'arrived' : 'waiting'}>
          {say(`plastic.${newest.status}`)}
        </p>
      )}
      {newest === undefined || over.has(newest.status) ? <OrderForm card={card} /> : null}
      {newest?.status === 'delivered' ? <ActivateForm plastic={newest.id} /> : null}
      {newest !== undefined && !over.has(newest.status) ? <Losing plastic={newest} /> : null}
    </section>
  )
}

function OrderForm({ card }: Props) {
  const say = useWords(words)
  const world = useWorld()
  const [name, setName] = useState('')
  const [to, setTo] = useState('')
  const [address, setAddress] = useState('')
  const [country, setCountry] = useState('JP')
  const [isWrong, setWrong] = useState(false)
  const order = useDoing(() => {
    const ship_to = { name: to, lines: [address], country }
    return act(world, () => world.terminal.orderPlastic(card, { name, ship_to }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isForm = /^[A-Z][A-Z .'-]{1,25}$/.test(name)
    setWrong(!isForm)
    if (isForm && to !== '' && address !== '' && /^[A-Z]{2}$/.test(country)) order.begin()
  }
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        size="md"
        label={say('plastic.name')}
        value={name}
        error={isWrong ? say('plastic.name_form') : null}
        onChange={(event) => setName(event.currentTarget.value.toUpperCase())}
      />
      <TextInput
        size="md"
        label={say('plastic.to')}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        size="md"
        label={say('plastic.address')}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <TextInput
        size="md"
        label={say('plastic.country')}
        value={country}
        maxLength={2}
        onChange={(event) => setCountry(event.currentTarget.value.toUpperCase())}
      />
      {order.error === null ? null : <TroubleSaid error={order.error} />}
      <Button type="submit" mt={12} fullWidth loading={order.runs}>
        {say('plastic.order')}
      </Button>
    </form>
  )
}

function ActivateForm({ plastic }: { readonly plastic: Id<'pls'> }) {
  const say = useWords(words)
  const world = useWorld()
  const [expiry, setExpiry] = useState('')
  const [code, setCode] = useState('')
  const [isWrong, setWrong] = useState(false)
  const activate = useDoing(async () => {
    const { terminal } = world
    const page = await act(world, () => terminal.openPlasticPage(plastic))
    // Printed as month and year, read as year and month.
    const yymm = expiry.slice(2) + expiry.slice(0, 2)
    const read = { kind: 'keyed', expiry: yymm, security_code: code } as const
    await act(world, () => terminal.activatePlastic({ page, read }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isForm = /^[0-9]{4}$/.test(expiry) && /^[0-9]{3}$/.test(code)
    setWrong(!isForm)
    if (isForm) activate.begin()
  }
  const digits = (text: string) => text.replace(/\D/g, '')
  return (
    <form onSubmit={submit} noValidate>
      <p className="lead">{say('plastic.hand')}</p>
      <TextInput
        size="md"
        inputMode="numeric"
        maxLength={4}
        label={say('plastic.expiry')}
        value={expiry}
        error={isWrong ? say('plastic.expiry_form') : null}
        onChange={(event) => setExpiry(digits(event.currentTarget.value))}
      />
      <TextInput
        size="md"
        inputMode="numeric"
        maxLength={3}
        autoComplete="off"
        label={say('plastic.security')}
        value={code}
        error={isWrong ? say('plastic.security_form') : null}
        onChange={(event) => setCode(digits(event.currentTarget.value))}
      />
      {activate.error === null ? null : <TroubleSaid error={activate.error} />}
      <Button type="submit" mt={12} fullWidth loading={activate.runs}>
        {say('plastic.activate')}
      </Button>
    </form>
  )
}

function Losing({ plastic: { id, status } }: { readonly plastic: Plastic }) {
  const say = useWords(words)
  const world = useWorld()
  const reason = status === 'active' ? 'lost' : 'lost_in_post'
  const lose = useDoing(() => act(world, () => world.terminal.losePlastic(id, reason)))
  return (
    <>
      {lose.error === null ? null : <TroubleSaid error={lose.error} />}
      <Button variant="subtle" size="compact-md" loading={lose.runs} onClick={() => lose.begin()}>
        {say('plastic.lose')}
      </Button>
    </>
  )
}
