/**
 * What a person is asked to confirm: the content that is shown, and that is signed. One schema for
 * each kind of subject; SHA-256(JCS(content)) is what a yes is bound to, so that a change of any
 * field makes another approval.
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { closed, digest, instant, nullable, oneOf, plainText } from './shapes.ts'

export const factors = Type.Array(oneOf(['terminal_signature', 'user_verification'] as const))
/** Who is paid, and where: from the registry, never the merchant's own text. */
export const payee = closed({
  id: idOf('mer'),
  name: plainText(80),
  store: idOf('str'),
  place: plainText(80),
})
/** `exact`: this amount. `up_to`: a ceiling; less may be captured, never more. */
export const extents = ['exact', 'up_to'] as const
export type Extent = (typeof extents)[number]
/** The ways of paying that a person approves, each on their own terminal. */
export const approvedPresentments = ['wallet', 'code', 'phone', 'beacon', 'sim', 'reader'] as const
export type ApprovedPresentment = (typeof approvedPresentments)[number]
/** Two digits that the till shows and the person enters: they are part of what is signed. */
export const matchNumber = Type.String({ pattern: '^[0-9]{2}$' })

export const paymentContent = closed({
  approval: idOf('apr'),
  subject: closed({ kind: Type.Literal('payment'), id: idOf('pay') }),
  amount: minorUnits,
  currency,
  extent: oneOf(extents),
  payee,
  order_digest: digest,
  /** `own_card`: any of the person's, chosen or read later. */
  card: Type.Union([Type.Literal('own_card'), idOf('crd')]),
  presentment: oneOf(approvedPresentments),
  factors,
  /** Null also where a number is asked for and not entered yet. */
  match_number: nullable(matchNumber),
  mandate: Type.Null(),
  deadline_at: instant,
})
export type PaymentContent = Static<typeof paymentContent>

/** What a recurring consent allows: up to the amount in each period, until then. */
export const periods = ['day', 'week', 'month', 'year'] as const
export type Period = (typeof periods)[number]
/** As `paymentContent`, for a consent that a merchant's token is to carry; `amount` is the cap. */
export const mandateContent = closed({
  ...paymentContent.properties,
  subject: closed({ kind: Type.Literal('mandate'), id: idOf('mdt') }),
  extent: Type.Literal('up_to'),
  card: idOf('crd'),
  presentment: Type.Literal('token'),
  match_number: Type.Null(),
  mandate: closed({ period: oneOf(periods), until: instant }),
})
export type MandateContent = Static<typeof mandateContent>

/** More is to be held for a payment that was approved before; `amount` is what is added. */
export const incrementContent = closed({
  ...paymentContent.properties,
  subject: closed({ kind: Type.Literal('increment'), id: idOf('inc') }),
  payment: idOf('pay'),
  /** What may be captured in all, with this. */
  total: minorUnits,
  card: idOf('crd'),
  presentment: oneOf([...approvedPresentments, 'entry_device', 'token', 'moto'] as const),
  match_number: Type.Null(),
})
export type IncrementContent = Static<typeof incrementContent>

/** Another phone of the same person is to be let in; its keys are named by their thumbprints. */
export const terminalContent = closed({
  approval: idOf('apr'),
  subject: closed({ kind: Type.Literal('terminal'), id: idOf('trm') }),
  sealing_thumbprint: digest,
  signing_thumbprint: digest,
  registered_at: instant,
  /** The phone whose cards move to it and that ends then; null for one more phone. */
  replaces: nullable(idOf('trm')),
  factors,
  deadline_at: instant,
})
export type TerminalContent = Static<typeof terminalContent>

export const approvalContent = Type.Union([
  paymentContent,
  mandateContent,
  incrementContent,
  terminalContent,
])
export type ApprovalContent = Static<typeof approvalContent>
export type SubjectKind = ApprovalContent['subject']['kind']

export const isPayment = (content: ApprovalContent): content is PaymentContent =>
  content.subject.kind === 'payment'
export const isMandate = (content: ApprovalContent): content is MandateContent =>
  content.subject.kind === 'mandate'
export const isIncrement = (content: ApprovalContent): content is IncrementContent =>
  content.subject.kind === 'increment'
/** Holds a number that the till shows. */
export const isNumbered = (content: ApprovalContent): content is PaymentContent =>
  isPayment(content) && content.match_number !== null
