/** Endpoints of the contract: applying for a card: programs, the application, who the person is. */
import { Type } from 'typebox'
import { byId, page } from './asked.ts'
import { idOf } from './ids.ts'
import { proof, verificationFaults } from './issuing-contract.ts'
import * as o from './objects.ts'
import { schemes } from './schemes.ts'
import { closed, oneOf } from './shapes.ts'

export const applyingEndpoints = {
  listPrograms: {
    method: 'GET',
    path: '/v1/programs',
    tag: 'Applying',
    caller: 'anyone',
    status: 200,
    summary: 'The cards that can be applied for.',
    query: closed(page),
    answer: o.listOf(o.program),
    refuses: [],
  },
  createApplication: {
    method: 'POST',
    path: '/v1/applications',
    tag: 'Applying',
    caller: 'terminal',
    status: 201,
    summary: 'Apply for a card. The signed request is kept as evidence.',
    body: closed({
      program: idOf('prg'),
      scheme: oneOf(schemes),
      applicant: o.applicant,
    }),
    answer: o.application,
    refuses: ['program_closed'],
  },
  getApplication: {
    method: 'GET',
    path: '/v1/applications/:id',
    tag: 'Applying',
    caller: 'terminal',
    status: 200,
    summary: 'An application and its decision.',
    params: byId('app'),
    answer: o.application,
    refuses: ['not_found'],
  },
  startVerification: {
    method: 'POST',
    path: '/v1/applications/:id/verifications',
    tag: 'Applying',
    caller: 'terminal',
    status: 201,
    summary: 'Show who you are by one of the program’s methods; a phone is sent a code.',
    params: byId('app'),
    body: proof,
    answer: o.verification,
    refuses: [
      'not_found',
      'application_state',
      'application_expired',
      'field_invalid',
      'code_exhausted',
      ...verificationFaults,
    ],
  },
  answerVerification: {
    method: 'POST',
    path: '/v1/verifications/:id/answer',
    tag: 'Applying',
    caller: 'terminal',
    status: 200,
    summary: 'Type the code. The last verification asked for brings the decision.',
    params: byId('ver'),
    body: closed({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
    answer: o.application,
    refuses: [
      'not_found',
      'application_state',
      'application_expired',
      'code_wrong',
      'code_expired',
      'code_exhausted',
    ],
  },
} as const
