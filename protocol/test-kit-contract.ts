/**
 * Endpoints of the contract: the test kit. In the sandbox it moves the clock, cuts lines and plays
 * the people; in live mode every one of them answers `test_only`.
 */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { payment } from './objects.ts'
import { closed, instant, oneOf } from './shapes.ts'
import { links, testClock, testLinks } from './test-kit-objects.ts'
import { cardholderName, cardName, personActed, testCardholder } from './test-kit-people.ts'
import { tamperings } from './test-outcomes.ts'

const byPayment = closed({ id: idOf('pay') })
const who = Type.Optional(cardholderName)
const acted = closed({
  object: Type.Literal('test_act'),
  ...personActed.properties,
  payment: idOf('pay'),
  /** As it stood once the phone had its answer. */
  status: payment.properties.status,
})
const refuses = ['not_found', 'payment_state', 'cardholders_away'] as const

const YEAR_S = 366 * 86_400
const ofKit = { tag: 'Test kit', caller: 'sandbox', status: 200 } as const

export const testKitEndpoints = {
  getTestClock: {
    ...ofKit,
    method: 'GET',
    path: '/v1/test/clock',
    summary: 'What time it is for the platform.',
    answer: testClock,
    refuses: [],
  },
  advanceTestClock: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/clock/advance',
    summary:
      'Set the platform’s clock ahead, by seconds or to an instant; never back. Deadlines, ' +
      'webhooks’ retries and settlement days follow, in the vault too.',
    body: closed({
      seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: YEAR_S })),
      to: Type.Optional(instant),
    }),
    answer: testClock,
    refuses: [],
  },
  listTestLinks: {
    ...ofKit,
    method: 'GET',
    path: '/v1/test/links',
    summary: 'The lines that are cut.',
    answer: testLinks,
    refuses: [],
  },
  cutTestLink: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/links/cut',
    summary:
      'Cut a line: the next request on it, or the answer to what was done. To the network for ' +
      'some seconds only.',
    body: closed({
      link: oneOf(links),
      lost: Type.Optional(oneOf(['request', 'answer'] as const)),
      at: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z_]{1,60}$',
          description: 'Only there: an endpoint’s name (client), an operation of the vault (vault)',
        }),
      ),
      times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Else once' })),
      seconds: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3600, description: 'For so long, by the wall clock' }),
      ),
    }),
    answer: testLinks,
    refuses: [],
  },
  mendTestLinks: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/links/mend',
    summary: 'Mend every line that was cut.',
    body: closed({}),
    answer: testLinks,
    refuses: [],
  },
  listTestCardholders: {
    ...ofKit,
    method: 'GET',
    path: '/v1/test/cardholders',
    summary: 'The sandbox’s test cardholders, their numbers, how they answer, and their cards.',
    answer: closed({
      object: Type.Literal('list'),
      url: Type.String(),
      has_more: Type.Boolean(),
      next_cursor: Type.Null(),
      data: Type.Array(testCardholder),
    }),
    refuses: ['cardholders_away'],
  },
  presentTestCard: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/payments/:id/present_card',
    summary:
      'A test cardholder opens the link and presents a card, or does what the amount stands for.',
    params: byPayment,
    body: closed({ cardholder: who, card: Type.Optional(cardName) }),
    answer: acted,
    refuses,
  },
  approveTestPayment: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/payments/:id/approve',
    summary: 'Who was asked says yes; without anybody asked, Aiko opens the link and pays.',
    params: byPayment,
    body: closed({ cardholder: who, card: Type.Optional(cardName) }),
    answer: acted,
    refuses,
  },
  denyTestPayment: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/payments/:id/deny',
    summary: 'Who was asked says no, or that it was not them.',
    params: byPayment,
    body: closed({ cardholder: who, not_me: Type.Optional(Type.Boolean()) }),
    answer: acted,
    refuses,
  },
  ignoreTestPayment: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/payments/:id/ignore',
    summary: 'Who was asked looks at it and does nothing; set the clock ahead to see the end.',
    params: byPayment,
    body: closed({ cardholder: who }),
    answer: acted,
    refuses,
  },
  tamperTestPayment: {
    ...ofKit,
    method: 'POST',
    path: '/v1/test/payments/:id/tamper',
    summary: 'A phone presents something that was altered; the real checks refuse it.',
    params: byPayment,
    body: closed({ by: oneOf(tamperings), cardholder: who, card: Type.Optional(cardName) }),
    answer: acted,
    refuses,
  },
} as const
