/** Joining: a name and a passkey; then this phone's two keys are registered, vouched for by it. */
import { Button, TextInput } from '@mantine/core'
import { Mark, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { useDoing } from './doing.ts'
import { enrolHere } from './enrolling.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

/** Joining goes on to registering this phone; the page stays until both are done. */
export const JOINING = 'joining'

export function JoinView() {
  const say = useWords(words)
  const world = useWorld()
  const { terminal } = world
  const [name, setName] = useState('')
  const [isMissing, setMissing] = useState(false)
  const join = useDoing(async (given: string) => {
    await terminal.join(given)
    await enrolHere(world)
  }, JOINING)
  const logIn = useDoing(async () => {
    await terminal.logIn()
    await enrolHere(world)
  }, JOINING)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const given = name.trim()
    setMissing(given === '')
    if (given !== '') join.begin(given)
  }
  const error = join.error ?? logIn.error
  return (
    <form className="view join" onSubmit={submit} noValidate>
      <Mark size={96} state={join.runs || logIn.runs ? 'waiting' : 'met'} />
      <h1>{say('join.title')}</h1>
      <p className="lead">{say('join.lead')}</p>
      <TextInput
        size="md"
        label={say('join.name')}
        description={say('join.hint')}
        autoComplete="name"
        maxLength={80}
        value={name}
        error={isMissing ? say('join.name_missing') : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {error === null ? null : <TroubleSaid error={error} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={join.runs}>
          {say('join.go')}
        </Button>
        <Button variant="subtle" fullWidth loading={logIn.runs} onClick={() => logIn.begin()}>
          {say('join.have')}
        </Button>
      </div>
    </form>
  )
}

/** Joined before, but this phone has no keys: it was cut in between. */
export function EnrolView() {
  const say = useWords(words)
  const world = useWorld()
  const enrol = useDoing(() => enrolHere(world))
  return (
    <section className="view join">
      <Mark size={96} state={enrol.runs ? 'waiting' : 'apart'} />
      <h1>{say('enrol.title')}</h1>
      <p className="lead">{say('enrol.lead')}</p>
      {enrol.error === null ? null : <TroubleSaid error={enrol.error} />}
      <Button size="lg" fullWidth loading={enrol.runs} onClick={() => enrol.begin()}>
        {say('enrol.go')}
      </Button>
    </section>
  )
}
