/** Coming in: by passkey, by an invitation, or into the sandbox as somebody who is there for it. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Persona, personaNames } from '@warifu/protocol/console-roles'
import { Mark, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { useCall } from './calling.ts'
import { Choices } from './choices.tsx'
import { useGround } from './ground.ts'
import { askPasskey, newPasskey } from './passkey.ts'
import { useEntered } from './session.tsx'
import { shellWords } from './words-shell.ts'

/** The invitation travels behind the `#`, which no server is sent; it leaves the address now. */
function takeInvitation(): string | null {
  const [, secret] = /^#(wi_[A-Za-z0-9_-]{43})$/.exec(location.hash) ?? []
  if (secret !== undefined) history.replaceState(null, '', location.pathname)
  return secret ?? null
}

export function SignIn() {
  const say = useWords(shellWords)
  const [invitation] = useState(takeInvitation)
  useEffect(() => {
    document.title = `${say('signInTitle')} · Warifu`
  })
  return (
    <div className="entrance">
      <header className="entrance-head">
        <Mark size={40} />
        <Choices />
      </header>
      <main className="entrance-main">
        {invitation === null ? <ByPasskey /> : <ByInvitation invitation={invitation} />}
        <IntoSandbox />
      </main>
    </div>
  )
}

type DoorProps = { readonly title: string; readonly lead: string; readonly children: ReactNode }

const Door = ({ title, lead, children }: DoorProps) => (
  <section className="door">
    <h1>{title}</h1>
    <p className="hint">{lead}</p>
    {children}
  </section>
)

function ByPasskey() {
  const say = useWords(shellWords)
  const call = useCall()
  const { credentials } = useGround()
  const entered = useEntered()
  const { isBusy, fault, run } = useAct()
  const enter = () =>
    run(async () => {
      const asked = await call('startConsoleSignIn', {})
      const assertion = await askPasskey(credentials, asked)
      const { registration } = asked
      entered(await call('finishConsoleSignIn', { body: { registration, assertion } }))
    })
  return (
    <Door title={say('signInTitle')} lead={say('signInLead')}>
      <Button fullWidth loading={isBusy} onClick={enter}>
        {say('signIn')}
      </Button>
      <Fault fault={fault} />
    </Door>
  )
}

function ByInvitation({ invitation }: { readonly invitation: string }) {
  const say = useWords(shellWords)
  const call = useCall()
  const { credentials } = useGround()
  const entered = useEntered()
  const { isBusy, fault, run } = useAct()
  const join = () =>
    run(async () => {
      const asked = await call('startConsoleSignUp', { body: { invitation } })
      const attestation = await newPasskey(credentials, asked)
      const { registration } = asked
      entered(await call('finishConsoleSignUp', { body: { registration, attestation } }))
    })
  return (
    <Door title={say('joinTitle')} lead={say('joinLead')}>
      <Button fullWidth loading={isBusy} onClick={join}>
        {say('join')}
      </Button>
      <Fault fault={fault} />
    </Door>
  )
}

/** Live mode has nobody there for it, and shows nothing. */
function IntoSandbox() {
  const say = useWords(shellWords)
  const call = useCall()
  const entered = useEntered()
  const { isBusy, fault, run } = useAct()
  const { data: isSandbox } = useQuery({
    queryKey: ['sandbox'],
    // The sandbox's own endpoints answer in the sandbox only.
    queryFn: () =>
      call('listInbox', { query: { limit: 1 } }).then(
        () => true,
        () => false,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (isSandbox !== true) return null
  const enter = (as: Persona) =>
    run(async () => entered(await call('enterSandbox', { body: { as } })))
  return (
    <section className="door">
      <h2>{say('enterTitle')}</h2>
      <p className="hint">{say('enterLead')}</p>
      <ul className="personas">
        {personaNames.map((name) => (
          <li key={name}>
            <Button
              variant="default"
              fullWidth
              disabled={isBusy}
              aria-label={say('enterAs', { name: say(`persona_${name}`) })}
              onClick={() => enter(name)}
            >
              {say(`persona_${name}`)}
            </Button>
          </li>
        ))}
      </ul>
      <Fault fault={fault} />
    </section>
  )
}
