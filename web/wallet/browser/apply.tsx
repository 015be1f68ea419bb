/** Applying for a card: who you are, a code to your phone, the decision, the card on this phone. */
import { useState } from 'react'
import { ApplyForm } from './apply-form.tsx'
import { CodeForm, PhoneForm } from './apply-phone.tsx'
import { useApplication, usePrograms, useTerminalState } from './asking.ts'
import { Decision } from './decision.tsx'
import { Identity } from './identity.tsx'
import { OneMoment } from './one-moment.tsx'
import { TroubleSaid } from './trouble-said.tsx'

/** An application in one of these states has nothing left to do; the next one begins anew. */
const isOver = (status: string): boolean => status === 'installed'

export function ApplyView() {
  const { data: state } = useTerminalState()
  const [isAnew, setAnew] = useState(false)
  const id = state?.application ?? null
  const { data: programs } = usePrograms()
  const { data: application, error, refetch } = useApplication(isAnew ? null : id)
  if (state === undefined) return null
  if (error !== null) return <TroubleSaid error={error} again={() => void refetch()} />
  if (id === null || isAnew || (application && isOver(application.status)))
    return <ApplyForm onApplied={() => setAnew(false)} />
  if (application === undefined) return <OneMoment />
  if (application.status !== 'submitted')
    return <Decision application={application} onAgain={() => setAnew(true)} />
  const sent = application.verifications.find(
    (each) => each.id === state.verification && each.status === 'sent',
  )
  if (sent !== undefined) return <CodeForm application={application.id} verification={sent} />
  const program = programs?.find((each) => each.id === application.program)
  if (program === undefined) return <OneMoment />
  // Most cards ask for a code to a phone, and for nothing else.
  return program.verification_methods.join() === 'phone' ? (
    <PhoneForm application={application.id} />
  ) : (
    <Identity application={application} program={program} />
  )
}
