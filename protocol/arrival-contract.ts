/** Endpoints of the contract: a further phone of a person, with the old one or without it. */

import { type Static, Type } from 'typebox'
import { nothing } from './asked.ts'
import { idOf } from './ids.ts'
import { type ArrivalStatus, arrivalMoves } from './moves.ts'
import { installation, listOf } from './objects.ts'
import { closed, instant, nullable, oneOf, statesOf } from './shapes.ts'
import { proofCode, proofMethods } from './vault-arrivals.ts'

export const purposes = ['replace', 'second'] as const
/** `approval`: the old phone says yes. `recovery`: two proofs, then a waiting time. */
export const arrivalWays = ['approval', 'recovery'] as const

export const arrival = closed({
  object: Type.Literal('arrival'),
  terminal: idOf('trm'),
  /** The phone that is asked, or that this one takes the place of. */
  from: nullable(idOf('trm')),
  purpose: oneOf(purposes),
  way: oneOf(arrivalWays),
  status: statesOf<ArrivalStatus>(arrivalMoves),
  /** The methods by which its owner has proved who they are. */
  proved: Type.Array(oneOf(proofMethods)),
  /** When the waiting is over; when the low limit is. */
  due_at: nullable(instant),
  /** Cards that wait to be pulled by this phone. */
  cards: Type.Array(idOf('crd')),
  created_at: instant,
})
export type Arrival = Static<typeof arrival>

const byTerminal = closed({ id: idOf('trm') })

export const arrivalEndpoints = {
  startArrival: {
    method: 'POST',
    path: '/v1/arrivals',
    tag: 'New phone',
    caller: 'session',
    status: 201,
    summary: 'Ask for this phone to be let in: by the old phone’s yes, or by two proofs.',
    body: closed({ terminal: idOf('trm'), purpose: oneOf(purposes), way: oneOf(arrivalWays) }),
    answer: arrival,
    refuses: ['not_found', 'arrival_state', 'no_other_phone'],
  },
  getArrival: {
    method: 'GET',
    path: '/v1/arrivals/:id',
    tag: 'New phone',
    caller: 'session',
    status: 200,
    summary: 'How far a phone is that is to be let in.',
    params: byTerminal,
    answer: arrival,
    refuses: ['not_found'],
  },
  sendArrivalCode: {
    method: 'POST',
    path: '/v1/arrivals/:id/codes',
    tag: 'New phone',
    caller: 'session',
    status: 201,
    summary: 'Have a code sent, or spoken, to your verified phone number.',
    params: byTerminal,
    body: closed({ method: oneOf(['phone', 'voice'] as const) }),
    answer: arrival,
    refuses: ['not_found', 'arrival_state', 'code_exhausted', 'no_verified_phone'],
  },
  answerArrivalCode: {
    method: 'POST',
    path: '/v1/arrivals/:id/answer',
    tag: 'New phone',
    caller: 'session',
    status: 200,
    summary: 'Type a code. After two of different methods the waiting time begins.',
    params: byTerminal,
    body: closed({ method: oneOf(proofMethods), code: proofCode }),
    answer: arrival,
    refuses: ['not_found', 'arrival_state', 'code_wrong', 'code_expired', 'code_exhausted'],
  },
  createArrivalCode: {
    method: 'POST',
    path: '/v1/arrivals/:id/operator_codes',
    tag: 'Operators',
    caller: 'operator',
    roles: ['operator', 'issuer'],
    status: 201,
    summary: 'Hand out a code to a cardholder whose papers you have seen.',
    params: byTerminal,
    body: nothing,
    answer: closed({ terminal: idOf('trm'), code: proofCode, deadline_at: instant }),
    refuses: ['not_found', 'arrival_state', 'code_exhausted'],
  },
  listArrivals: {
    method: 'GET',
    path: '/v1/arrivals',
    tag: 'New phone',
    caller: 'terminal',
    alsoReplaced: true,
    status: 200,
    summary: 'Phones that come in beside this one, or in its place.',
    query: closed({}),
    answer: listOf(arrival),
    refuses: [],
  },
  cancelArrival: {
    method: 'POST',
    path: '/v1/arrivals/:id/cancel',
    tag: 'New phone',
    caller: 'terminal',
    status: 200,
    summary: 'From the old phone: that is not me. The other is out, the cards are here again.',
    params: byTerminal,
    body: nothing,
    answer: arrival,
    refuses: ['not_found', 'arrival_state'],
  },
  installMovedCard: {
    method: 'POST',
    path: '/v1/cards/:id/installation',
    tag: 'New phone',
    caller: 'terminal',
    status: 201,
    summary: 'Pull a card that has moved to this phone, sealed to it.',
    params: closed({ id: idOf('crd') }),
    body: nothing,
    answer: installation,
    refuses: ['not_found', 'terminal_not_active'],
  },
} as const
