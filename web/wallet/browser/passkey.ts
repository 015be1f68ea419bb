/**
 * The passkey authenticator of this device: `navigator.credentials`. The person is verified each
 * time (WebAuthn Level 3 §5.1.3, §5.1.4), and answers become base64url, as they travel.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { Authenticator } from '@warifu/devices/terminal'

type Needs = {
  readonly credentials: CredentialsContainer
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
}

const TIME_MS = 120_000
/** ES256, EdDSA, RS256: what the vault verifies. */
const ALGORITHMS = [-7, -8, -257]

const text = (bytes: ArrayBuffer): string => toBase64url(new Uint8Array(bytes))

export const browserAuthenticator = ({ credentials, random }: Needs): Authenticator => ({
  create: async ({ challenge, rpId, userName }) => {
    const made = await credentials.create({
      publicKey: {
        challenge,
        rp: { id: rpId, name: 'Warifu' },
        user: { id: random(16), name: userName, displayName: userName },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
        timeout: TIME_MS,
      },
    })
    const { rawId, response } = passkeyOf(made)
    if (!(response instanceof AuthenticatorAttestationResponse)) throw new NoPasskey()
    return {
      credential_id: text(rawId),
      attestation_object: text(response.attestationObject),
      client_data_json: text(response.clientDataJSON),
    }
  },
  get: async ({ challenge, rpId, credential }) => {
    const known = credential === null ? [] : [fromBase64url(credential)]
    const found = await credentials.get({
      publicKey: {
        challenge,
        rpId,
        allowCredentials: known.map((id) => ({ type: 'public-key', id })),
        userVerification: 'required',
        timeout: TIME_MS,
      },
    })
    const { rawId, response } = passkeyOf(found)
    if (!(response instanceof AuthenticatorAssertionResponse)) throw new NoPasskey()
    return {
      credential_id: text(rawId),
      authenticator_data: text(response.authenticatorData),
      client_data_json: text(response.clientDataJSON),
      signature: text(response.signature),
    }
  },
})

/** The browser gave nothing, or something that is no passkey. */
class NoPasskey extends Error {
  override readonly name = 'NotAllowedError'
}

function passkeyOf(credential: Credential | null): PublicKeyCredential {
  if (credential instanceof PublicKeyCredential) return credential
  throw new NoPasskey('no passkey was given')
}
