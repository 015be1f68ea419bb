/** Endpoints of the contract: acts that one person asks for and another has to ask for too. */
import { Type } from 'typebox'
import {
  foundMerchant,
  foundOperator,
  foundProgram,
  overCapture,
  rule,
} from './console-list-objects.ts'
import { idOf } from './ids.ts'
import { minorUnits, minorUnitsOrZero } from './money.ts'
import { secondPerson } from './operator-objects.ts'
import { closed, nullable } from './shapes.ts'

/** Null: a second person has agreed, and it is done. */
const waiting = nullable(secondPerson)

export const consoleDangerous = {
  changeProgram: {
    method: 'POST',
    path: '/v1/operator/programs/:id',
    tag: 'Acts',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    summary:
      'Other bounds or rules of a card program, for all its cards (of very many within minutes). ' +
      'Needs a second person.',
    params: closed({ id: idOf('prg') }),
    body: closed({
      per_transaction: Type.Optional(minorUnits),
      per_day: Type.Optional(minorUnits),
      per_month: Type.Optional(minorUnits),
      signature_only_max: Type.Optional(minorUnitsOrZero),
      second_above: Type.Optional(nullable(minorUnitsOrZero)),
      renew_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 3650 })),
      over_capture: Type.Optional(overCapture),
      force_post: Type.Optional(Type.Boolean()),
      rules: Type.Optional(Type.Array(rule, { maxItems: 100 })),
    }),
    answer: closed({ program: foundProgram, waiting }),
    refuses: ['not_found'],
  },
  closeMerchant: {
    method: 'POST',
    path: '/v1/operator/merchants/:id/close',
    tag: 'Acts',
    caller: 'operator',
    roles: ['operator'],
    status: 200,
    summary:
      'Take no more payments of a merchant: its keys and users end. Needs a second person. What ' +
      'was taken is settled as ever.',
    params: closed({ id: idOf('mer') }),
    body: closed({}),
    answer: closed({ merchant: foundMerchant, waiting }),
    refuses: ['not_found'],
  },
  endOperator: {
    method: 'POST',
    path: '/v1/operator/operators/:id/end',
    tag: 'Acts',
    caller: 'operator',
    roles: ['operator'],
    status: 200,
    summary: 'End an operator’s token, passkeys and sessions. Needs a second person.',
    params: closed({ id: idOf('opr') }),
    body: closed({}),
    answer: closed({ operator: foundOperator, waiting }),
    refuses: ['not_found'],
  },
} as const
