/**
 * Signed requests as JSON. Their body is nearly all of them, and it is base64url: it goes in as it
 * is, instead of being searched for what would have to be escaped.
 */
import type { SignedRequest } from '@warifu/protocol/vault'

export const signedText = ({ body, ...rest }: SignedRequest): string =>
  `${JSON.stringify(rest).slice(0, -1)},"body":"${body}"}`

/** An input with a signed request in it. */
type Signed = { readonly terminal: string; readonly request: SignedRequest }

export type Call = { readonly id?: number; readonly operation?: string; readonly input?: unknown }

export function callText({ input, ...call }: Call): string {
  if (!isSigned(input)) return JSON.stringify({ ...call, input })
  const { request, ...rest } = input
  const begun = JSON.stringify({ ...call, input: rest }).slice(0, -2)
  return `${begun},"request":${signedText(request)}}}`
}

const isSigned = (input: unknown): input is Signed =>
  typeof input === 'object' && input !== null && 'request' in input && 'terminal' in input
