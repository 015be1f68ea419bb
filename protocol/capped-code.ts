/**
 * A code that pays: the person says on their phone up to which amount, and the till that reads the
 * code within a minute is paid in the request that asks for it (S0, "Paying"). The content has a
 * kind of its own, so that no payment's signature is one of these and none of these is a payment's.
 */
import { type Static, Type } from 'typebox'
import { factors } from './approval-content.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { schemes } from './schemes.ts'
import { blobText } from './sealed.ts'
import { assertion, closed, digest, instant, oneOf } from './shapes.ts'

/** A digest that is some 32 bytes' only text: the bits that are left over are zero. */
const wholeDigest = Type.String({ pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' })

/** What the person is shown, and what passkey and terminal sign. */
export const codeContent = closed({
  /** SHA-256 of the code's 16 bytes: the platform learns the code from the till that read it. */
  subject: closed({ kind: Type.Literal('code'), digest: wholeDigest }),
  /** The cap: this much or less, once. */
  amount: minorUnits,
  currency,
  extent: Type.Literal('up_to'),
  card: idOf('crd'),
  factors,
  deadline_at: instant,
})
export type CodeContent = Static<typeof codeContent>

export const codeStatement = closed({
  scheme: oneOf(schemes),
  content: codeContent,
  card: idOf('crd'),
  blob_digest: digest,
})
export type CodeStatement = Static<typeof codeStatement>

/** As the body of a presented payment; without the passkey it is none. */
export const cappedCodeBody = closed({ statement: codeStatement, blob: blobText, assertion })
export type CappedCodeBody = Static<typeof cappedCodeBody>

export const CAPPED_CODE_PATH = '/v1/codes/capped'

/** The code itself stays on the phone that made it. */
export const cappedCode = closed({
  object: Type.Literal('capped_code'),
  amount: minorUnits,
  currency,
  expires_at: instant,
})
