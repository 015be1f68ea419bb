/** A card's PIN: typed twice, sealed in this page to the vault, never kept. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CardPin } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { weaknessOf } from '@warifu/protocol/pins'
import { refusalWords, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { useDoing } from './doing.ts'
import { markOld } from './sim-digits.ts'
import { SimFollows, useSimFollows } from './sim-digits-said.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { plasticWords as words } from './words-plastic.ts'
import { useWorld } from './world.tsx'

type Props = { readonly card: Id<'crd'> }

export function PinPanel({ card }: Props) {
  const say = useWords(words)
  const { terminal } = useWorld()
  const { data: pin } = useQuery({ queryKey: ['pin', card], queryFn: () => terminal.pin(card) })
  return (
    <section>
      <h3>{say('pin.title')}</h3>
      {pin === undefined ? null : <p className="quiet">{say(`pin.${pin.status}`)}</p>}
      {pin?.status === 'blocked' ? <UnblockForm pin={pin} /> : <SetForm card={card} />}
    </section>
  )
}

function SetForm({ card }: Props) {
  const say = useWords(words)
  const world = useWorld()
  const { language } = useLanguage()
  const [pin, setPin] = useState('')
  const [again, setAgain] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isDone, setDone] = useState(false)
  const following = useSimFollows(card)
  const set = useDoing(async (digits: string) => {
    await act(world, () => world.terminal.setPin(card, digits))
    await markOld(world, card)
    setPin('')
    setAgain('')
    setDone(true)
    following.begin(digits.slice(0, 2))
  })
  const faultOf = (): string | null => {
    if (!/^[0-9]{4,12}$/.test(pin)) return say('pin.form')
    const weakness = weaknessOf(pin)
    if (weakness !== undefined) return refusalWords(weakness, language)
    return pin === again ? null : say('pin.differ')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const fault = faultOf()
    setWrong(fault)
    setDone(false)
    if (fault === null) set.begin(pin)
  }
  return (
    <form onSubmit={submit} noValidate>
      <PinField label={say('pin.new')} value={pin} error={wrong} onChange={setPin} />
      <PinField label={say('pin.again')} value={again} onChange={setAgain} />
      {isDone ? <p role="status">{say('pin.done')}</p> : null}
      <SimFollows card={card} following={following} />
      {set.error === null ? null : <TroubleSaid error={set.error} />}
      <Button type="submit" mt={12} variant="default" loading={set.runs}>
        {say('pin.go')}
      </Button>
    </form>
  )
}

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly error?: string | null
  readonly onChange: (digits: string) => void
}

const PinField = ({ label, value, error = null, onChange }: FieldProps) => (
  <TextInput
    type="password"
    size="md"
    inputMode="numeric"
    autoComplete="off"
    maxLength={12}
    label={label}
    value={value}
    error={error}
    onChange={(event) => onChange(event.currentTarget.value.replace(/\D/g, ''))}
  />
)

function UnblockForm({ pin: { card, unblocking } }: { readonly pin: CardPin }) {
  const say = useWords(words)
  const world = useWorld()
  const [code, setCode] = useState('')
  const send = useDoing(() => act(world, () => world.terminal.startUnblock(card)))
  const open = useDoing(async () => {
    if (unblocking === null) return
    const { verification } = unblocking
    await act(world, () => world.terminal.unblockPin({ card, verification, code }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (/^[0-9]{8}$/.test(code)) open.begin()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Button variant="default" size="sm" loading={send.runs} onClick={() => send.begin()}>
        {say('pin.unblock')}
      </Button>
      <TextInput
        size="md"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        label={say('pin.code')}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
      />
      {send.error === null ? null : <TroubleSaid error={send.error} />}
      {open.error === null ? null : <TroubleSaid error={open.error} />}
      <Button type="submit" mt={12} loading={open.runs}>
        {say('pin.unblock_go')}
      </Button>
    </form>
  )
}
