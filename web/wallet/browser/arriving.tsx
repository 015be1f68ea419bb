/** A new phone that waits: at the old phone's word, or by two proofs and some time. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { useDoing } from './doing.ts'
import { hasArrived } from './enrolling.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { arrivingWords as words } from './words-arriving.ts'
import { useWorld } from './world.tsx'

type Arrival = Reply<'getArrival'>
type Method = Arrival['proved'][number]

const POLL_MS = 2000
const moving: ReadonlySet<Arrival['status']> = new Set(['asked', 'proving', 'waiting'])

export function ArrivingView() {
  const say = useWords(words)
  const { terminal } = useWorld()
  const [asked, setAsked] = useState(false)
  const { data: arrival, error } = useQuery({
    queryKey: ['arrival'],
    enabled: asked,
    queryFn: () => terminal.arrival(),
    refetchInterval: ({ state }) =>
      state.data !== undefined && moving.has(state.data.status) ? POLL_MS : false,
  })
  return (
    <section className="view">
      <h1>{say('arriving.title')}</h1>
      {error === null ? null : <TroubleSaid error={error} />}
      {arrival === undefined || arrival.status === 'denied' || arrival.status === 'expired' ? (
        <Ways begun={() => setAsked(true)} ended={arrival?.status} />
      ) : (
        <Standing arrival={arrival} />
      )}
    </section>
  )
}

type WaysProps = { readonly begun: () => void; readonly ended: Arrival['status'] | undefined }

function Ways({ begun, ended }: WaysProps) {
  const say = useWords(words)
  const { terminal } = useWorld()
  const start = useDoing(async (how: readonly [Arrival['purpose'], Arrival['way']]) => {
    await terminal.startArrival(...how)
    begun()
  })
  return (
    <>
      <p className="lead">{say('arriving.lead')}</p>
      {ended === undefined ? null : (
        <Said tone="refused" title={say(`arriving.${ended === 'denied' ? 'denied' : 'expired'}`)} />
      )}
      {start.error === null ? null : <TroubleSaid error={start.error} />}
      <div className="acts">
        <Button
          size="lg"
          fullWidth
          loading={start.runs}
          onClick={() => start.begin(['replace', 'approval'])}
        >
          {say('arriving.replace')}
        </Button>
        <Button
          variant="default"
          fullWidth
          loading={start.runs}
          onClick={() => start.begin(['second', 'approval'])}
        >
          {say('arriving.second')}
        </Button>
        <Button
          variant="subtle"
          fullWidth
          loading={start.runs}
          onClick={() => start.begin(['replace', 'recovery'])}
        >
          {say('arriving.lost')}
        </Button>
      </div>
    </>
  )
}

function Standing({ arrival }: { readonly arrival: Arrival }) {
  const say = useWords(words)
  const world = useWorld()
  const take = useDoing(async () => {
    await act(world, () => world.terminal.pullMoved())
    await hasArrived(world)
  })
  const { status, due_at } = arrival
  if (status === 'asked')
    return (
      <Said tone="waiting" title={say('arriving.asked')}>
        {say('arriving.asked_more')}
      </Said>
    )
  if (status === 'proving') return <Proving arrival={arrival} />
  if (status === 'waiting')
    return (
      <Said tone="waiting" title={say('arriving.waiting')}>
        {say('arriving.waiting_more', { time: due_at === null ? '' : clockOf(due_at) })}
      </Said>
    )
  if (status === 'cancelled')
    return <Said tone="refused" title={say('arriving.cancelled')} urgent />
  return (
    <>
      <Said tone="arrived" title={say('arriving.in')}>
        {status === 'limited' ? say('arriving.limited') : null}
      </Said>
      {take.error === null ? null : <TroubleSaid error={take.error} />}
      <div className="acts">
        <Button size="lg" fullWidth loading={take.runs} onClick={() => take.begin()}>
          {say('arriving.take')}
        </Button>
      </div>
    </>
  )
}

const clockOf = (instant: string): string => instant.slice(0, 16).replace('T', ' ')

function Proving({ arrival }: { readonly arrival: Arrival }) {
  const say = useWords(words)
  const open = (['phone', 'voice', 'operator'] as const).filter(
    (method) => !arrival.proved.includes(method),
  )
  return (
    <>
      <p className="lead">{say('arriving.proving', { count: String(arrival.proved.length) })}</p>
      {open.map((method) => (
        <ProofForm key={method} method={method} />
      ))}
    </>
  )
}

function ProofForm({ method }: { readonly method: Method }) {
  const say = useWords(words)
  const { terminal } = useWorld()
  const [code, setCode] = useState('')
  const send = useDoing(async () => {
    if (method !== 'operator') await terminal.sendArrivalCode(method)
  })
  const answer = useDoing((digits: string) => terminal.answerArrivalCode({ method, code: digits }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (/^[0-9]{8}$/.test(code)) answer.begin(code)
  }
  return (
    <form onSubmit={submit} noValidate>
      <h2>{say(`arriving.${method}`)}</h2>
      {method === 'operator' ? null : (
        <Button variant="default" size="sm" loading={send.runs} onClick={() => send.begin()}>
          {say('arriving.send')}
        </Button>
      )}
      <TextInput
        size="md"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        label={say('arriving.code')}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
      />
      {send.error === null ? null : <TroubleSaid error={send.error} />}
      {answer.error === null ? null : <TroubleSaid error={answer.error} />}
      <Button type="submit" size="sm" mt={12} loading={answer.runs}>
        {say('code.go')}
      </Button>
    </form>
  )
}
