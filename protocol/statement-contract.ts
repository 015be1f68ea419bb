/** Endpoint of the contract: a card's month, as its holder reads it. */
import { idOf } from './ids.ts'
import { closed } from './shapes.ts'
import { month, statement } from './statement-objects.ts'

export const statementEndpoints = {
  getStatement: {
    method: 'GET',
    path: '/v1/cards/:id/statements/:month',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'A month of your card’s account: what you spent, what came back, what is owed.',
    params: closed({ id: idOf('crd'), month: month }),
    answer: statement,
    refuses: ['not_found'],
  },
} as const
