/** Endpoints of the contract: a person joins: registration and log-in by passkey. */
import { nothing } from './asked.ts'
import { idOf } from './ids.ts'
import * as j from './joining-objects.ts'
import { assertion, attestation, closed, plainText } from './shapes.ts'

export const joiningEndpoints = {
  startRegistration: {
    method: 'POST',
    path: '/v1/registrations',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Ask for a challenge to make a passkey with.',
    body: nothing,
    answer: j.passkeyOptions,
    refuses: [],
  },
  createCardholder: {
    method: 'POST',
    path: '/v1/cardholders',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Join: register a passkey. Answers with a session.',
    body: closed({ registration: idOf('reg'), name: plainText(80), attestation }),
    answer: closed({ cardholder: j.cardholder, session: j.session }),
    refuses: ['challenge_expired', 'passkey_invalid', 'credential_exists'],
  },
  startLogin: {
    method: 'POST',
    path: '/v1/logins',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Ask for a nonce to log in with.',
    body: nothing,
    answer: j.loginOptions,
    refuses: [],
  },
  createSession: {
    method: 'POST',
    path: '/v1/sessions',
    tag: 'Joining',
    caller: 'anyone',
    status: 201,
    summary: 'Log in with a passkey.',
    body: closed({ registration: idOf('reg'), assertion }),
    answer: j.session,
    refuses: ['challenge_expired', 'passkey_invalid', 'passkey_unknown'],
  },
} as const
