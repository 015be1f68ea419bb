/** Endpoints and objects of the console: plastic on order, the bureaus that make it, SIMs. */
import { Type } from 'typebox'
import { byId } from './asked.ts'
import { holder, program } from './console-list-objects.ts'
import { list } from './console-lists.ts'
import { idOf } from './ids.ts'
import { type PlasticStatus, plasticMoves } from './moves.ts'
import { operatorRoles } from './operator-objects.ts'
import { bureau, plastic, tracking } from './plastic-objects.ts'
import { closed, instant, lastFour, nullable, statesOf } from './shapes.ts'
import { sim } from './sim-contract.ts'

const status = statesOf<PlasticStatus>(plasticMoves)
const { status: simStatus } = sim.properties

const foundPlastic = closed({
  id: idOf('pls'),
  object: Type.Literal('found_plastic'),
  created_at: instant,
  status,
  card: closed({ id: idOf('crd'), last4: nullable(lastFour) }),
  program,
  cardholder: holder,
  bureau: closed({ id: idOf('bur'), name: Type.String() }),
  tracking: nullable(tracking),
  /** Of its last move: when, and why. */
  moved_at: instant,
  reason: Type.String(),
})

const count = Type.Integer({ minimum: 0 })
const foundBureau = closed({
  ...bureau.properties,
  object: Type.Literal('found_bureau'),
  /** Its jobs: not taken up, being made, in the post, at their owners’ doors or in use, failed. */
  jobs: closed({ waiting: count, making: count, posted: count, arrived: count, failed: count }),
})

const foundSim = closed({
  id: idOf('sim'),
  object: Type.Literal('found_sim'),
  created_at: instant,
  removed_at: nullable(instant),
  status: simStatus,
  iccid_last4: lastFour,
  cardholder: holder,
  /** By record; the first is the default card. */
  cards: Type.Array(
    closed({
      number: Type.Integer({ minimum: 1, maximum: 4 }),
      card: idOf('crd'),
      last4: nullable(lastFour),
    }),
  ),
  /** The phones that have taken it into use. */
  phones: Type.Array(closed({ terminal: idOf('trm'), linked_at: instant })),
})

const one = { method: 'GET', tag: 'Operators', caller: 'operator', roles: operatorRoles } as const

export const consoleOrders = {
  findPlastics: list({
    path: '/v1/operator/plastics',
    summary: 'Plastic on order and made, newest first: how far each is, and why it failed.',
    query: {
      status: Type.Optional(status),
      bureau: Type.Optional(idOf('bur')),
      card: Type.Optional(idOf('crd')),
    },
    item: foundPlastic,
  }),
  readPlastic: {
    ...one,
    path: '/v1/operator/plastics/:id',
    status: 200,
    summary: 'One plastic, with every move it made.',
    params: byId('pls'),
    answer: closed({
      ...foundPlastic.properties,
      terminal: plastic.properties.terminal,
      history: plastic.properties.history,
    }),
    refuses: ['not_found'],
  },
  findBureaus: list({
    path: '/v1/operator/bureaus',
    summary: 'The bureaus that make plastic, with their jobs counted.',
    query: {},
    item: foundBureau,
  }),
  findSims: list({
    path: '/v1/operator/sims',
    summary: 'SIMs, newest first: admitted, written, taken into use, removed.',
    query: {
      status: Type.Optional(simStatus),
      cardholder: Type.Optional(idOf('chl')),
    },
    item: foundSim,
  }),
  readSim: {
    ...one,
    path: '/v1/operator/sims/:id',
    status: 200,
    summary: 'One SIM, with the cards in it and the phones that use it.',
    params: byId('sim'),
    answer: foundSim,
    refuses: ['not_found'],
  },
} as const
