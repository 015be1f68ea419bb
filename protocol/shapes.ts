/** Small schemas that endpoints and vault operations share. */
import { type TProperties, type TSchema, Type } from 'typebox'

/** An object that refuses fields it does not know. */
export const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  })

export const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] })
// The keys of a moves table are its states by its type.
export const statesOf = <S extends string>(moves: Readonly<Record<S, readonly string[]>>) =>
  oneOf(Object.keys(moves) as S[])
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** The four digits of a card that everybody may read. */
export const lastFour = Type.String({ pattern: '^[0-9]{4}$' })

export const base64url = (maxBytes: number, minBytes = 0) =>
  Type.String({
    pattern: '^[A-Za-z0-9_-]*$',
    minLength: Math.ceil((minBytes * 4) / 3),
    maxLength: Math.ceil((maxBytes * 4) / 3),
  })
/** A SHA-256 digest, base64url without padding. */
export const digest = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })
/** An instant: RFC 3339, UTC, milliseconds. */
export const instant = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$',
})
/** Of UTF-16 whole characters only, but these: no database keeps half of a surrogate pair. */
const charactersBut = (these: string): string =>
  `(?:[^${these}\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])`
const notPlain =
  '\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff'

/** One line of plain text: no control characters, no bidirectional overrides (UAX #9). */
export const plainText = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: `^${charactersBut(notPlain)}+$` })
/** Any text that PostgreSQL keeps: no null character. */
export const anyText = (maxLength: number) =>
  Type.String({ maxLength, pattern: `^${charactersBut('\\u0000')}*$` })
/** An absolute http(s) address in ASCII; what else it must be, the payment's handler says. */
export const webAddress = Type.String({ maxLength: 500, pattern: '^https?://[!-~]+$' })
/** The public half of a P-256 key (RFC 7517, RFC 7518 §6.2). */
export const publicJwk = closed({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  y: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
})
/** `YYYY-MM`, the month a card's validity ends with. */
export const yearMonth = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' })

/** A passkey's answer to a challenge (WebAuthn Level 3 §5.2.2), base64url fields. */
export const assertion = closed({
  credential_id: base64url(1024, 1),
  authenticator_data: base64url(1024, 37),
  client_data_json: base64url(2048, 1),
  signature: base64url(128, 8),
})
/** A new passkey (WebAuthn Level 3 §5.2.1), base64url fields. */
export const attestation = closed({
  credential_id: base64url(1024, 1),
  attestation_object: base64url(8192, 1),
  client_data_json: base64url(2048, 1),
})
