/**
 * S1 on the wire: how a terminal pairs a proximity device with the platform, and how it confirms a
 * payment with a code of the device's chip (KR 2017, Kim/Kwon: 결제확인정보 with the 인증코드).
 */
import { type Static, Type } from 'typebox'
import { paymentContent } from './approval-content.ts'
import { idOf } from './ids.ts'
import { chipProof } from './proximity.ts'
import { CODE_BYTES } from './proximity-frame.ts'
import { assertion, base64url, closed, plainText } from './shapes.ts'

/** What a till heard. */
export const broadcastCode = base64url(CODE_BYTES, CODE_BYTES)

/** The signed body by which a terminal becomes a device's phone; the chip's code vouches for it. */
export const pairDeviceBody = closed({
  device: idOf('pxd'),
  name: plainText(40),
  card: idOf('crd'),
  chip: chipProof,
})
export type PairDeviceBody = Static<typeof pairDeviceBody>

/** What is confirmed: the content with the number that was entered, and the chip's code for it. */
export const beaconStatement = closed({
  content: paymentContent,
  device: idOf('pxd'),
  chip: chipProof,
})
export type BeaconStatement = Static<typeof beaconStatement>

export const beaconBody = closed({
  kind: Type.Literal('beacon'),
  statement: beaconStatement,
  assertion: Type.Optional(assertion),
})
export type BeaconBody = Static<typeof beaconBody>

/** The phone says that its device did not answer: nothing is confirmed, and operators see why. */
export const beaconUnreached = closed({
  kind: Type.Literal('beacon'),
  unreached: Type.Literal(true),
})
