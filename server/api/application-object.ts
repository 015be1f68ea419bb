/** The application as the API shows it, to its owner and to the sandbox. */
import type { Reply } from '@warifu/protocol/contract'
import { type ApplicationView, digestOf, type VerificationView } from '#issuing'

export const applicationObject = (
  view: ApplicationView,
  livemode: boolean,
): Reply<'getApplication'> => ({
  id: view.id,
  object: 'application',
  livemode,
  created_at: new Date(Number(view.createdMs)).toISOString(),
  program: view.program,
  scheme: view.scheme,
  status: view.state,
  verifications: view.verifications.map(verificationObject),
  decision: view.decision,
  card: view.card,
  digest: digestOf(view),
  replaces: view.replaces,
  deadline_at: new Date(Number(view.deadlineMs)).toISOString(),
})

export const verificationObject = (view: VerificationView): Reply<'startVerification'> => ({
  id: view.id,
  object: 'verification',
  method: view.method,
  status: view.status,
  destination: view.destination,
  reason: view.reason,
  deadline_at: new Date(Number(view.deadlineMs)).toISOString(),
})
