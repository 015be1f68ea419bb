/** A new phone that waits: at the old phone's word, or by two proofs and some time. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { type Language, localeOf } from '@warifu/protocol/language'
import { Said, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useId, useState } from 'react'
import { act } from './acting.ts'
import { useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { enrolHere, hasArrived } from './enrolling.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { arrivingWords as words } from './words-arriving.ts'
import { stoppedWords } from './words-stopped.ts'
import { useWorld } from './world.tsx'

type Arrival = Reply<'getArrival'>
type Method = Arrival['proved'][number]

const POLL_MS = 2000
const moving: ReadonlySet<Arrival['status']> = new Set(['asked', 'proving', 'waiting'])

export function ArrivingView() {
  const say = useWords(words)
  const { terminal } = useWorld()
  const { data: state } = useTerminalState()
  const [asked, setAsked] = useState(false)
  const { data: arrival, error } = useQuery({
    // Of this registration: one before it had an arrival of its own.
    queryKey: ['arrival', state?.terminal],
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
        <Standing arrival={arrival} anew={() => setAsked(false)} />
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
          size="lg"
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

type StandingProps = { readonly arrival: Arrival; readonly anew: () => void }

function Standing({ arrival, anew }: StandingProps) {
  const say = useWords(words)
  const { language } = useLanguage()
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
        {say('arriving.waiting_more', {
          time: due_at === null ? '' : clockOf(due_at, language),
        })}
      </Said>
    )
  if (status === 'cancelled') return <CalledBack anew={anew} />
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

/** This registration is out for good; the person may begin anew, with new keys. */
function CalledBack({ anew }: Pick<StandingProps, 'anew'>) {
  const say = useWords(words)
  const tell = useWords(stoppedWords)
  const world = useWorld()
  const enrol = useDoing(async () => {
    await enrolHere(world)
    anew()
  })
  return (
    <>
      <Said tone="refused" title={say('arriving.cancelled')} urgent>
        {say('arriving.cancelled_more')}
      </Said>
      {enrol.error === null ? null : <TroubleSaid error={enrol.error} />}
      <div className="acts">
        <Button variant="default" fullWidth loading={enrol.runs} onClick={() => enrol.begin()}>
          {tell('stopped.anew')}
        </Button>
      </div>
    </>
  )
}

function clockOf(instant: string, language: Language): string {
  const how = { dateStyle: 'medium', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(localeOf[language], how).format(Date.parse(instant))
}

function Proving({ arrival }: { readonly arrival: Arrival }) {
  const say = useWords(words)
  const open = (['phone', 'voice', 'operator'] as const).filter(
    (method) => !arrival.proved.includes(method),
  )
  return (
    <>
      <p className="lead">{say('arriving.proving', { count: String(arrival.proved.length) })}</p>
      {open.map((method) => (
        <ProofForm key={method} method={method} terminal={arrival.terminal} />
      ))}
    </>
  )
}

type ProofProps = { readonly method: Method; readonly terminal: Arrival['terminal'] }

function ProofForm({ method, terminal: id }: ProofProps) {
  const say = useWords(words)
  const { terminal } = useWorld()
  const title = useId()
  const [code, setCode] = useState('')
  const [isSent, setSent] = useState(false)
  const [isWrong, setWrong] = useState(false)
  const send = useDoing(async () => {
    if (method !== 'operator') await terminal.sendArrivalCode(method)
    setSent(true)
  })
  const answer = useDoing((digits: string) => terminal.answerArrivalCode({ method, code: digits }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isForm = /^[0-9]{8}$/.test(code)
    setWrong(!isForm)
    if (isForm) answer.begin(code)
  }
  return (
    <form onSubmit={submit} noValidate aria-labelledby={title}>
      <h2 id={title}>{say(`arriving.${method}`)}</h2>
      {method === 'operator' ? (
        <p className="quiet">
          {say('arriving.counter')} <code>{id}</code>
        </p>
      ) : (
        <Button variant="default" size="sm" loading={send.runs} onClick={() => send.begin()}>
          {say('arriving.send')}
        </Button>
      )}
      {isSent ? <p role="status">{say('arriving.sent')}</p> : null}
      <TextInput
        size="md"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        label={say('arriving.code')}
        value={code}
        error={isWrong ? say('arriving.code_form') : null}
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
