/** Plastic cards, their bureaus and PIN codes, as their readers see them. */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { type PlasticStatus, plasticMoves } from './moves.ts'
import { pinState } from './pins.ts'
import { sealedJob } from './plastic.ts'
import { closed, instant, nullable, oneOf, plainText, statesOf } from './shapes.ts'

export const tracking = Type.String({ pattern: '^[A-Za-z0-9-]{1,40}$' })

export const plastic = closed({
  id: idOf('pls'),
  object: Type.Literal('plastic'),
  livemode: Type.Boolean(),
  created_at: instant,
  card: idOf('crd'),
  status: statesOf<PlasticStatus>(plasticMoves),
  /** The only terminal that may activate it. */
  terminal: idOf('trm'),
  tracking: nullable(tracking),
  history: Type.Array(
    closed({
      at: instant,
      from: nullable(statesOf<PlasticStatus>(plasticMoves)),
      to: statesOf<PlasticStatus>(plasticMoves),
      reason: Type.String(),
      by: oneOf(['cardholder', 'bureau', 'terminal'] as const),
    }),
  ),
})

/** Why a plastic is no longer to be used. */
export const lossReasons = ['lost_in_post', 'lost', 'stolen', 'damaged'] as const
export type LossReason = (typeof lossReasons)[number]

/** As its bureau reads it. */
export const bureauJob = closed({
  id: idOf('pls'),
  object: Type.Literal('bureau_job'),
  status: statesOf<PlasticStatus>(plasticMoves),
  ordered_at: instant,
  sealed: sealedJob,
})

/** What a bureau may say of a job. */
export const bureauStatuses = [
  'accepted',
  'rejected',
  'produced',
  'shipped',
  'delivered',
  'lost',
] as const
export type BureauStatus = (typeof bureauStatuses)[number]

export const bureau = closed({
  id: idOf('bur'),
  object: Type.Literal('bureau'),
  name: plainText(80),
  status: oneOf(['active', 'ended'] as const),
  created_at: instant,
})

/** A code on its way that may unblock a PIN. */
export const pinCode = closed({
  verification: idOf('ver'),
  channel: oneOf(['sms', 'operator'] as const),
  destination: nullable(Type.String({ description: 'Masked: the last two digits only' })),
  deadline_at: instant,
})
export const cardPin = closed({
  ...pinState.properties,
  object: Type.Literal('pin'),
  unblocking: nullable(pinCode),
})
export type CardPin = Static<typeof cardPin>
