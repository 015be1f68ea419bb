/** Endpoints of the contract: SIMs that pay. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { listOf } from './objects.ts'
import { closed, instant, lastFour, oneOf } from './shapes.ts'
import { linkSimBody, selector } from './sim.ts'
import { cardAnswer, cardCommand } from './vault-sims.ts'

export const sim = closed({
  id: idOf('sim'),
  object: Type.Literal('sim'),
  livemode: Type.Boolean(),
  created_at: instant,
  /** Of the number printed on it. */
  iccid_last4: lastFour,
  status: oneOf(['admitted', 'personalised', 'removed'] as const),
  /** Whether the phone that asks has taken it into use. */
  linked: Type.Boolean(),
  /** By record; the first is the default card. */
  cards: Type.Array(
    closed({ number: Type.Integer({ minimum: 1, maximum: 4 }), card: idOf('crd'), selector }),
  ),
})

export const simEndpoints = {
  listSims: {
    method: 'GET',
    path: '/v1/sims',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary: 'Your SIMs, with the cards in them.',
    query: closed({}),
    answer: listOf(sim),
    refuses: [],
  },
  linkSim: {
    method: 'POST',
    path: '/v1/sims',
    tag: 'Devices',
    caller: 'terminal',
    status: 200,
    summary:
      'Take a SIM into use on this phone; with `card`, move that card here, off the old one. ' +
      'The SIM answers after its PIN: together they stand for the other phone’s approval.',
    body: linkSimBody,
    answer: sim,
    refuses: [
      'assertion_invalid',
      'bridge_invalid',
      'card_not_active',
      'card_unknown',
      'sim_not_active',
      'sim_other',
      'sim_unknown',
      'statement_invalid',
      'vault_unavailable',
    ],
  },
  personaliseSim: {
    method: 'POST',
    path: '/v1/sims/:id/personalise',
    tag: 'Devices',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    summary:
      'Write cards into an admitted SIM: send all that it answered in this session, and pass the ' +
      'next commands on. They are the vault’s, encrypted for the SIM (GlobalPlatform SCP03).',
    params: closed({ id: idOf('sim') }),
    body: closed({
      session: idOf('req'),
      iccid_last4: lastFour,
      cards: Type.Array(idOf('crd'), { minItems: 1, maxItems: 4, uniqueItems: true }),
      answers: Type.Array(cardAnswer, { maxItems: 64 }),
    }),
    answer: closed({
      object: Type.Literal('sim_personalisation'),
      sim: idOf('sim'),
      commands: Type.Array(cardCommand),
      done: Type.Boolean(),
    }),
    refuses: [
      'card_unknown',
      'cardholder_mismatch',
      'sim_channel_broken',
      'sim_not_active',
      'sim_unknown',
      'sim_written',
      'vault_unavailable',
    ],
  },
} as const
