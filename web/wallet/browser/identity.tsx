/** Showing who one is, by the ways that the card's program asks for, one after the other. */
import { Button, Textarea } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import type { Method } from '@warifu/protocol/issuing-objects'
import { blobSchemes } from '@warifu/protocol/schemes'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import { PhoneForm } from './apply-phone.tsx'
import { type Program, useTerminalState } from './asking.ts'
import { CertificateForm } from './certificate.tsx'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { applyingWords as words } from './words-applying.ts'
import { useWorld } from './world.tsx'

type Application = Reply<'getApplication'>
type Props = { readonly application: Application; readonly program: Program }

export function Identity({ application, program }: Props) {
  const say = useWords(words)
  const [chosen, choose] = useState<Method | null>(null)
  const stateOf = (method: Method) =>
    application.verifications.find(
      (one) => one.method === method && (one.status === 'verified' || one.status === 'in_review'),
    )?.status
  const done = program.verification_methods.filter((method) => stateOf(method) === 'verified')
  if (chosen !== null && stateOf(chosen) === undefined)
    return (
      <>
        <Form method={chosen} application={application} />
        <Button variant="subtle" fullWidth onClick={() => choose(null)}>
          {say('identity.choose')}
        </Button>
      </>
    )
  const { verification_needed: needed } = program
  return (
    <section className="view">
      <h1>{say('identity.title')}</h1>
      <p className="lead">
        {say('identity.lead', { needed: String(needed), done: String(done.length) })}
      </p>
      <ul className="plain-list">
        {program.verification_methods.map((method) => (
          <li key={method} className="card-panel">
            <h2>{say(`identity.${method}`)}</h2>
            <p className="quiet">{say(`identity.${method}_more`)}</p>
            <Standing state={stateOf(method)} />
            {stateOf(method) === undefined ? (
              <Button variant="default" onClick={() => choose(method)}>
                {say(`identity.${method}`)}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Standing({ state }: { readonly state: string | undefined }) {
  const say = useWords(words)
  if (state === 'verified') return <p data-tone="arrived">{say('identity.done')}</p>
  if (state === 'in_review') return <p data-tone="waiting">{say('identity.in_review')}</p>
  return null
}

type Showing = { readonly method: Method; readonly application: Application }

function Form({ method, application }: Showing) {
  switch (method) {
    case 'phone':
    case 'voice':
      return <PhoneForm application={application.id} method={method} />
    case 'identity_document':
      return <DocumentForm application={application} />
    case 'issued_card':
      return <CardForm application={application} />
    case 'x509':
      return <CertificateForm application={application.id} />
    default:
      return <TerminalForm application={application} />
  }
}

type About = { readonly application: Application }

function DocumentForm({ application: { id } }: About) {
  const say = useWords(words)
  const world = useWorld()
  const [text, setText] = useState('')
  const show = useDoing((mrz: string[]) =>
    act(world, () => world.terminal.show(id, { method: 'identity_document', mrz })),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const lines = text.split('\n').map((line) => line.replace(/\s/g, ''))
    show.begin(lines.filter((line) => line !== ''))
  }
  return (
    <form className="view" onSubmit={submit} noValidate>
      <h1>{say('identity.identity_document')}</h1>
      <p className="lead">{say('identity.identity_document_more')}</p>
      <Textarea
        size="md"
        rows={4}
        spellCheck={false}
        autoCapitalize="characters"
        label={say('identity.lines')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {show.error === null ? null : <TroubleSaid error={show.error} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={show.runs}>
          {say('identity.show')}
        </Button>
      </div>
    </form>
  )
}

function TerminalForm({ application: { id } }: About) {
  const say = useWords(words)
  const world = useWorld()
  const show = useDoing(() =>
    act(world, () => world.terminal.show(id, { method: 'registered_terminal' })),
  )
  return (
    <section className="view">
      <h1>{say('identity.registered_terminal')}</h1>
      <p className="lead">{say('identity.registered_terminal_more')}</p>
      {show.error === null ? null : <TroubleSaid error={show.error} />}
      <Button size="lg" fullWidth loading={show.runs} onClick={() => show.begin()}>
        {say('identity.show')}
      </Button>
    </section>
  )
}

/** Only what lies here sealed for the vault alone can be shown. */
function CardForm({ application: { id } }: About) {
  const say = useWords(words)
  const world = useWorld()
  const { data: state } = useTerminalState()
  const cards = (state?.cards ?? []).filter(
    ({ is_confirmed, scheme }) => is_confirmed && blobSchemes.some((each) => each === scheme),
  )
  const show = useDoing((card: (typeof cards)[number]['card']) =>
    act(world, () => world.terminal.showCard(id, card)),
  )
  return (
    <section className="view">
      <h1>{say('identity.issued_card')}</h1>
      <p className="lead">{say('identity.issued_card_more')}</p>
      {cards.length === 0 ? <p>{say('identity.no_card')}</p> : null}
      {show.error === null ? null : <TroubleSaid error={show.error} />}
      <div className="acts">
        {cards.map(({ card, last4 }) => (
          <Button
            key={card}
            size="lg"
            fullWidth
            loading={show.runs}
            onClick={() => show.begin(card)}
          >
            {say('pay.ending', { last4 })}
          </Button>
        ))}
      </div>
    </section>
  )
}
