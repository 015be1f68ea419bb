/** Steps 2 and 3: a phone number, and the code that was sent to it. */
import { Button, TextInput } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { phoneOf } from './applicant.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { applyingWords as words } from './words-applying.ts'
import { useWorld } from './world.tsx'

type Reaching = {
  readonly application: Id<'app'>
  /** Written or spoken. */
  readonly method?: 'phone' | 'voice'
}

export function PhoneForm({ application, method = 'phone' }: Reaching) {
  const say = useWords(words)
  const world = useWorld()
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const send = useDoing((phone: string) =>
    act(world, () => world.terminal.show(application, { method, phone })),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const phone = phoneOf(text)
    setWrong(phone === undefined)
    if (phone !== undefined) send.begin(phone)
  }
  return (
    <form className="view" onSubmit={submit} noValidate>
      <p className="quiet">{say('apply.step', { step: '2' })}</p>
      <h1>{say('phone.title')}</h1>
      <p className="lead">{say('phone.lead')}</p>
      <TextInput
        size="md"
        type="tel"
        label={say('phone.label')}
        placeholder="+81 90 1234 5678"
        autoComplete="tel"
        value={text}
        error={isWrong ? say('phone.form') : null}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {send.error === null ? null : <TroubleSaid error={send.error} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={send.runs}>
          {say('phone.go')}
        </Button>
      </div>
    </form>
  )
}

type Verification = Reply<'getApplication'>['verifications'][number]
type Props = { readonly application: Id<'app'>; readonly verification: Verification }

export function CodeForm({ application, verification }: Props) {
  const say = useWords(words)
  const world = useWorld()
  const [code, setCode] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [isOther, setOther] = useState(false)
  const answer = useDoing((digits: string) =>
    act(world, () => world.terminal.answerCode(verification.id, digits)),
  )
  if (isOther) return <PhoneForm application={application} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isForm = /^[0-9]{6}$/.test(code)
    setWrong(!isForm)
    if (isForm) answer.begin(code)
  }
  return (
    <form className="view" onSubmit={submit} noValidate>
      <p className="quiet">{say('apply.step', { step: '3' })}</p>
      <h1>{say('code.title')}</h1>
      <p className="lead">{say('code.lead', { destination: verification.destination })}</p>
      <TextInput
        size="md"
        className="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        label={say('code.label')}
        value={code}
        error={isWrong ? say('code.form') : null}
        onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
      />
      <p className="quiet">
        {say('code.inbox')}{' '}
        <a href={`${world.api.apiUrl}/inbox`} target="_blank" rel="noopener noreferrer">
          {say('code.inbox_go')}
        </a>
      </p>
      {answer.error === null ? null : <TroubleSaid error={answer.error} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={answer.runs}>
          {say('code.go')}
        </Button>
        <Button variant="subtle" fullWidth onClick={() => setOther(true)}>
          {say('code.other')}
        </Button>
      </div>
    </form>
  )
}
