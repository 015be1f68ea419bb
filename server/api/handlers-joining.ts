/** Handlers: joining and logging in by passkey. */

import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Cardholder, Challenge, People, Session } from '#people'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly people: Pick<People, 'startJoining' | 'join' | 'startLogin' | 'logIn'>
  readonly livemode: boolean
  /** WebAuthn's relying party: the host name of the wallet's origin. */
  readonly rpId: string
}

type Joining = 'startRegistration' | 'createCardholder' | 'startLogin' | 'createSession'

export const joiningHandlers = ({ people, livemode, rpId }: Rooms): Handlers<Joining> => ({
  startRegistration: async ({ nowMs }) => done(optionsOf(await people.startJoining(nowMs), rpId)),
  createCardholder: async ({ body, nowMs }) => {
    const joined = await people.join(body, nowMs)
    if (!joined.ok) return joined
    const { cardholder, session } = joined.value
    return done({ cardholder: cardholderOf(cardholder, livemode), session: sessionOf(session) })
  },
  startLogin: async ({ nowMs }) => {
    const { challenge: nonce, ...options } = optionsOf(await people.startLogin(nowMs), rpId)
    return done({ ...options, nonce })
  },
  createSession: async ({ body, nowMs }) => {
    const session = await people.logIn(body, nowMs)
    return session.ok ? done(sessionOf(session.value)) : session
  },
})

const optionsOf = (
  { registration, challenge, deadlineMs }: Challenge,
  rpId: string,
): Reply<'startRegistration'> => ({
  registration,
  challenge,
  rp_id: rpId,
  deadline_at: new Date(deadlineMs).toISOString(),
})

const cardholderOf = (
  { id, name, createdMs }: Cardholder,
  livemode: boolean,
): Reply<'createCardholder'>['cardholder'] => ({
  id,
  object: 'cardholder',
  livemode,
  created_at: new Date(Number(createdMs)).toISOString(),
  name,
})

const sessionOf = ({ cardholder, token, expiresMs }: Session): Reply<'createSession'> => ({
  object: 'session',
  cardholder,
  token,
  expires_at: new Date(expiresMs).toISOString(),
})
