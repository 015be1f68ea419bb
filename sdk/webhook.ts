/**
 * Verifying what arrives at your webhook endpoint (Standard Webhooks 1.0, by its own library).
 *
 * The signature covers the bytes that were sent. A framework that parsed the body before you has
 * thrown them away; the adapters in `webhook-routes.ts` take them in time, and the error here says
 * what to change where you do it by hand. Node.js and edge runtimes.
 */
import { type Contract, contract, type Reply } from '@warifu/protocol/contract'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { Check } from 'typebox/value'

export type WebhookEvent = Reply<'listEvents'>['data'][number]

export type WebhookFault =
  | 'body_parsed'
  | 'headers_missing'
  | 'timestamp_stale'
  | 'signature_invalid'
  | 'event_unknown'

/** Answer 400 to it, and nothing more: whoever sent this is not the platform, or is late. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookFault
  constructor(code: WebhookFault, message: string) {
    super(message)
    this.code = code
  }
}

/** As `Request.headers`, as Node.js gives them, or as a plain object. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>

export type Received = {
  /** The body as it came: text or bytes, not parsed. */
  readonly body: string | Uint8Array
  readonly headers: WebhookHeaders
}

/**
 * The event, if the platform sent it within five minutes of now; else throws WebhookError. Events
 * come at least once: know a repeat by its `id`, and order those of one object by `sequence`.
 *
 * @param secret The endpoint's `whsec_…`; two while you change them.
 * @example
 * const event = verifyWebhook({ body: await request.text(), headers: request.headers }, secret)
 * if (event.type === 'payment.captured') await ship(event.subject)
 */
export function verifyWebhook(
  { body, headers }: Received,
  secret: string | readonly string[],
): WebhookEvent {
  const raw: unknown = body
  if (typeof raw !== 'string' && !(raw instanceof Uint8Array))
    throw new WebhookError(
      'body_parsed',
      'The body was parsed before it was verified. Give the bytes as they came: in Express put ' +
        "express.raw({ type: 'application/json' }) on this route, before express.json().",
    )
  const text = typeof raw === 'string' ? raw : new TextDecoder().decode(raw)
  const signed = namedHeaders(headers)
  const secrets = typeof secret === 'string' ? [secret] : secret
  const event = firstVerified(text, signed, secrets)
  const schema: Contract['streamEvents']['answer'] = contract.streamEvents.answer
  if (!Check(schema, event))
    throw new WebhookError('event_unknown', 'It is signed, but newer than this SDK: update it.')
  return event
}

function firstVerified(
  text: string,
  headers: Record<string, string>,
  secrets: readonly string[],
): unknown {
  let fault: unknown
  for (const secret of secrets) {
    try {
      return new Webhook(secret).verify(text, headers)
    } catch (caught) {
      if (!(caught instanceof WebhookVerificationError)) throw caught
      fault = caught
    }
  }
  const late = fault instanceof Error && /timestamp/i.test(fault.message)
  throw late
    ? new WebhookError('timestamp_stale', 'It was signed more than five minutes from now.')
    : new WebhookError('signature_invalid', 'No secret of this endpoint has signed these bytes.')
}

const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

function namedHeaders(headers: WebhookHeaders): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = headers instanceof Headers ? headers.get(name) : headers[name]
    if (typeof value !== 'string' || value === '')
      throw new WebhookError('headers_missing', `The header ${name} is missing.`)
    found[name] = value
  }
  return found
}
