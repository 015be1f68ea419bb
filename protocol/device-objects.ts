/** A cardholder's own devices, whatever their kind, as their owner sees them in one list. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { closed, instant, nullable, oneOf, plainText } from './shapes.ts'

/** What a proximity device is built into: one protocol, many carriers. */
export const carriers = ['obd_plug', 'cigar_charger', 'car_audio', 'key_ring'] as const
export type Carrier = (typeof carriers)[number]

export const carriedTypes = ['proximity_device', 'reader', 'sim'] as const
export type CarriedType = (typeof carriedTypes)[number]
export const carriedId = Type.Union([idOf('pxd'), idOf('rdr'), idOf('sim')])

export const carriedDevice = closed({
  id: carriedId,
  object: Type.Literal('device'),
  livemode: Type.Boolean(),
  created_at: instant,
  type: oneOf(carriedTypes),
  name: plainText(40),
  /** What it is built into; null where that says nothing. */
  carrier: nullable(oneOf(carriers)),
  /** The card it pays with; null where that is chosen at each payment. */
  card: nullable(idOf('crd')),
  status: oneOf(['active', 'removed'] as const),
})
