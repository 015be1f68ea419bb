/** Endpoints of the contract: what only a sandbox answers. */
import { Type } from 'typebox'
import { byId, page } from './asked.ts'
import { decisionReasons } from './issuing-objects.ts'
import { minorUnits } from './money.ts'
import * as o from './objects.ts'
import { closed, oneOf } from './shapes.ts'

export const sandboxEndpoints = {
  listInbox: {
    method: 'GET',
    path: '/v1/test/inbox',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary: 'The messages that would have left by SMS.',
    query: closed({ ...page, to: Type.Optional(Type.String({ maxLength: 20 })) }),
    answer: o.listOf(o.inboxMessage),
    refuses: [],
  },
  decideApplication: {
    method: 'POST',
    path: '/v1/test/applications/:id/decide',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary: 'Decide an application that waits for a person.',
    params: byId('app'),
    body: closed({
      result: Type.Union([Type.Literal('approve'), Type.Literal('refuse')]),
      limit: Type.Optional(minorUnits),
      reason: Type.Optional(oneOf(decisionReasons)),
    }),
    answer: o.application,
    refuses: ['not_found', 'application_state'],
  },
} as const
