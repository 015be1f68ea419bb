/** This device's own passkeys for the console: `navigator.credentials`, the person verified. */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { Body, Reply } from '@warifu/protocol/contract'

const TIME_MS = 120_000
/** ES256, EdDSA, RS256. */
const ALGORITHMS = [-7, -8, -257]

const text = (bytes: ArrayBuffer): string => toBase64url(new Uint8Array(bytes))

/** The browser gave nothing: the person said no, or has no passkey here. */
export class NoPasskey extends Error {
  override readonly name = 'NoPasskey'
}

const orNone = (fault: unknown): never => {
  throw new NoPasskey('no passkey was given', { cause: fault })
}

export async function newPasskey(
  credentials: CredentialsContainer,
  { challenge, rp_id, user }: Reply<'startConsoleSignUp'>,
): Promise<Body<'finishConsoleSignUp'>['attestation']> {
  const made = await credentials
    .create({
      publicKey: {
        challenge: fromBase64url(challenge),
        rp: { id: rp_id, name: 'Warifu' },
        user: { id: fromBase64url(user.id), name: user.name, displayName: user.name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
        timeout: TIME_MS,
      },
    })
    .catch(orNone)
  if (!(made instanceof PublicKeyCredential)) return orNone(made)
  const { rawId, response } = made
  if (!(response instanceof AuthenticatorAttestationResponse)) return orNone(response)
  return {
    credential_id: text(rawId),
    attestation_object: text(response.attestationObject),
    client_data_json: text(response.clientDataJSON),
  }
}

export async function askPasskey(
  credentials: CredentialsContainer,
  { challenge, rp_id }: Reply<'startConsoleSignIn'>,
): Promise<Body<'finishConsoleSignIn'>['assertion']> {
  const publicKey = {
    challenge: fromBase64url(challenge),
    rpId: rp_id,
    userVerification: 'required',
    timeout: TIME_MS,
  } as const
  const found = await credentials.get({ publicKey }).catch(orNone)
  if (!(found instanceof PublicKeyCredential)) return orNone(found)
  const { rawId, response } = found
  if (!(response instanceof AuthenticatorAssertionResponse)) return orNone(response)
  return {
    credential_id: text(rawId),
    authenticator_data: text(response.authenticatorData),
    client_data_json: text(response.clientDataJSON),
    signature: text(response.signature),
  }
}
