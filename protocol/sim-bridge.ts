/**
 * What the wallet's page and the bridge beside it say to each other, on the loopback. The bridge
 * has the SIM; the page gets ciphertext and signatures. The SIM's PIN is typed into the bridge's
 * own window and never passes through here.
 *
 *   POST /v1/pair     the person allows this page, once, in the bridge's window
 *   POST /v1/sim      what SIM is there, and what it needs
 *   POST /v1/link     vouches that this phone takes the SIM into use
 *   POST /v1/pay      record (and PIN digits), sealed and vouched for
 *   POST /v1/digits   writes the two PIN digits of a card anew
 */
import { type Static, type TObject, Type } from 'typebox'
import { idOf } from './ids.ts'
import { base64url, closed, digest, nullable, oneOf } from './shapes.ts'
import { iccid, selector, simContent, simLink, simSealed, simStatement, simVoucher } from './sim.ts'

/** Every way in which the bridge may say no. */
export const bridgeRefusals = [
  'host_refused', // the Host header names another machine: DNS rebinding
  'origin_refused', // a page that is not the wallet
  'not_paired', // this page was not allowed, or its token is another one's
  'pairing_refused', // the person said no
  'body_invalid', // not a request that the bridge knows
  'busy', // somebody is asked something already
  'cancelled', // the person closed the question
  'not_answered', // nobody answered in time
  'sim_absent', // no reader, no card, or it was drawn out
  'sim_foreign', // a card without the credit application
  'sim_pin_blocked', // no tries left: the PUK unblocks it, in the bridge's window
  'sim_puk_blocked', // no tries left for the PUK either
  'sim_deactivated', // the maker switched the credit information off
  'sim_not_written', // nothing was written into it yet
  'sim_record_empty', // no such record, or nothing in it
  'sim_digits_empty', // no PIN digits stand in it
  'sim_company_missing', // no key of this card's company stands in it
  'sim_key_missing', // it cannot answer for itself
  'sim_fault', // it answered with a status word that has no name here
] as const
export type BridgeRefusal = (typeof bridgeRefusals)[number]

/** Which card: by record, by company, or the default one. */
export const simChoice = Type.Union([
  closed({ number: Type.Integer({ minimum: 1, maximum: 254 }) }),
  closed({ selector }),
  closed({ default: Type.Literal(true) }),
])
export type SimChoice = Static<typeof simChoice>

const token = base64url(32, 32)
const cardInSim = closed({ number: Type.Integer({ minimum: 1 }), selector })

export const bridgeCalls = {
  pair: {
    path: '/v1/pair',
    /** No token yet: it is the answer. */
    body: closed({ terminal: idOf('trm') }),
    answer: closed({ token }),
  },
  sim: {
    path: '/v1/sim',
    body: closed({}),
    answer: closed({
      iccid,
      reader: Type.String(),
      pin: oneOf(['open', 'needed', 'blocked'] as const),
      tries_left: nullable(Type.Integer({ minimum: 0 })),
      bridge: digest,
      /** Only once the PIN is open; numbers and companies, nothing of the cards' own. */
      cards: Type.Array(cardInSim),
    }),
  },
  link: {
    path: '/v1/link',
    body: closed({ card: nullable(idOf('crd')) }),
    answer: closed({ statement: simLink, voucher: simVoucher }),
  },
  pay: {
    path: '/v1/pay',
    body: closed({
      sim: idOf('sim'),
      content: simContent,
      choice: simChoice,
      /** Only where the card company has asked for them. */
      with_digits: Type.Boolean(),
    }),
    answer: closed({
      statement: simStatement,
      record: simSealed,
      digits: nullable(simSealed),
      voucher: simVoucher,
    }),
  },
  digits: {
    path: '/v1/digits',
    body: closed({
      choice: simChoice,
      digits: Type.String({ pattern: '^[0-9]{2}$' }),
    }),
    answer: closed({ number: Type.Integer({ minimum: 1 }) }),
  },
} as const satisfies Record<string, { path: string; body: TObject; answer: TObject }>

export type BridgeCall = keyof typeof bridgeCalls
export type BridgeBody<C extends BridgeCall> = Static<(typeof bridgeCalls)[C]['body']>
export type BridgeAnswer<C extends BridgeCall> = Static<(typeof bridgeCalls)[C]['answer']>

/** A refusal as it travels; `tries_left` where a code was wrong. */
export const bridgeError = closed({
  error: oneOf(bridgeRefusals),
  tries_left: nullable(Type.Integer({ minimum: 0 })),
})
