/** Handlers: a phone becomes a terminal. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { Terminal, Terminals } from '#terminals'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly terminals: Pick<Terminals, 'startEnrolment' | 'create' | 'confirm' | 'get'>
  readonly livemode: boolean
  readonly walletOrigin: string
}

type Enrolling = 'startEnrolment' | 'createTerminal' | 'confirmTerminal' | 'getTerminal'

export const terminalHandlers = (rooms: Rooms): Handlers<Enrolling> => {
  const { terminals, livemode, walletOrigin } = rooms
  return {
    startEnrolment: async ({ caller, nowMs }) => {
      const enrolment = await terminals.startEnrolment(caller.cardholder, nowMs)
      return done({ ...enrolment, origin: walletOrigin })
    },
    createTerminal: async ({ caller, body, nowMs }) => {
      const made = await terminals.create({ ...body, cardholder: caller.cardholder }, nowMs)
      if (!made.ok) return made
      const { terminal, ...pinned } = made.value
      return done({ terminal: terminalOf(terminal, livemode), ...pinned })
    },
    confirmTerminal: async ({ caller, params, body, nowMs }) => {
      const { cardholder } = caller
      const confirming = { terminal: params.id, cardholder, proof: body.proof }
      const confirmed = await terminals.confirm(confirming, nowMs)
      return confirmed.ok ? done(terminalOf(confirmed.value, livemode)) : confirmed
    },
    getTerminal: async ({ caller, params }) => {
      const terminal = await terminals.get(params.id)
      if (terminal?.cardholder !== caller.cardholder) return refused('not_found')
      return done(terminalOf(terminal, livemode))
    },
  }
}

const terminalOf = (terminal: Terminal, livemode: boolean): Reply<'getTerminal'> => ({
  id: terminal.id,
  object: 'terminal',
  livemode,
  created_at: new Date(Number(terminal.createdMs)).toISOString(),
  cardholder: terminal.cardholder,
  status: terminal.status,
  signing_thumbprint: terminal.signingThumbprint,
  sealing_thumbprint: terminal.sealingThumbprint,
  counter: Number(terminal.counter),
})
