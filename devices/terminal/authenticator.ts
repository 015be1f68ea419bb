/**
 * What a terminal asks of a passkey authenticator: `navigator.credentials` in a browser, the
 * software passkey of devices/passkey in the sandbox. Both verify the user, or refuse.
 */
import type { assertion, attestation } from '@warifu/protocol/shapes'
import type { Static } from 'typebox'

export type Attestation = Static<typeof attestation>
export type Assertion = Static<typeof assertion>

export type PasskeyAsk = {
  readonly challenge: Uint8Array<ArrayBuffer>
  readonly rpId: string
  readonly origin: string
}

export type Authenticator = {
  /** WebAuthn Level 3 §5.1.3, user verification required. */
  create(ask: PasskeyAsk & { readonly userName: string }): Promise<Attestation>
  /** WebAuthn Level 3 §5.1.4, user verification required. */
  get(ask: PasskeyAsk & { readonly credential: string | null }): Promise<Assertion>
}
