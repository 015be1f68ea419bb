/** Endpoints of the contract: those who work here, and what waits for them. */
import { operator, operatorRoles } from './operator-objects.ts'

export const operatorEndpoints = {
  getOperator: {
    method: 'GET',
    path: '/v1/operator',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'Who you are here, and your roles.',
    answer: operator,
    refuses: [],
  },
} as const
