/**
 * Passkeys: verified here, kept here, so that a stolen server cannot vouch for anybody.
 *
 * The first passkey binds a cardholder and stays the only one: whoever could add a second could
 * admit a terminal of their own to somebody else's cards. Origin and RP ID are the vault's own.
 */
import { createHash } from 'node:crypto'
import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server'
import { cose } from '@simplewebauthn/server/helpers'
import { fromBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { loginChallengeInput } from '@warifu/crypto/login-challenge'
import type { VaultInput } from '@warifu/protocol/vault'
import { importCoseKey } from './assertion.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

export type CredentialRow = {
  readonly credential_id: string
  readonly cardholder: `chl_${string}`
  readonly public_key: Uint8Array
}

const algorithms = [cose.COSEALG.ES256, cose.COSEALG.EdDSA, cose.COSEALG.RS256]

type Verified = { readonly publicKey: Uint8Array; readonly deviceBound: boolean }

export async function registerPasskey(
  world: World,
  sql: Sql,
  input: VaultInput<'register_passkey'>,
): Promise<Answer<'register_passkey'>> {
  const verified = await verifyRegistration(world, input)
  if (verified === undefined) return no('passkey_invalid')
  const { credential_id } = input.attestation
  const kept = await sql`
    insert into passkeys.credential
      (credential_id, cardholder, public_key, device_bound, created_at_ms)
    values (${credential_id}, ${input.cardholder}, ${verified.publicKey},
            ${verified.deviceBound}, ${world.nowMs()})
    on conflict do nothing
    returning credential_id`
  if (kept.length === 0) return no('credential_exists')
  return yes({ credential_id, device_bound: verified.deviceBound })
}

/** WebAuthn Level 3 §7.1, by the library; every way in which it throws is a refusal. */
async function verifyRegistration(
  { wallet }: World,
  { challenge, attestation }: VaultInput<'register_passkey'>,
): Promise<Verified | undefined> {
  const response: RegistrationResponseJSON = {
    id: attestation.credential_id,
    rawId: attestation.credential_id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      attestationObject: attestation.attestation_object,
      clientDataJSON: attestation.client_data_json,
    },
  }
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: wallet.origin,
      expectedRPID: wallet.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified || registrationInfo.fmt !== 'none' || !registrationInfo.userVerified)
      return undefined
    if (registrationInfo.credential.id !== attestation.credential_id) return undefined
    importCoseKey(registrationInfo.credential.publicKey)
    return {
      publicKey: registrationInfo.credential.publicKey,
      deviceBound: registrationInfo.credentialDeviceType === 'singleDevice',
    }
  } catch {
    return undefined
  }
}

/** Reads the credentials of all these ids at once. */
export async function readCredentials(
  sql: Sql,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CredentialRow>> {
  const rows = await sql<CredentialRow[]>`
    select credential_id, cardholder, public_key from passkeys.credential
    where credential_id = any(${[...ids]})`
  return new Map(rows.map((row) => [row.credential_id, row]))
}

/** Ours to compute: a challenge of the server's choice could be an enrolment of its own keys. */
const loginChallenge = (nonce: string): string =>
  createHash('sha256')
    .update(loginChallengeInput(fromBase64url(nonce)))
    .digest('base64url')

export async function verifyLogins(
  { verifyAssertion }: World,
  sql: Sql,
  inputs: readonly VaultInput<'verify_login'>[],
): Promise<Answer<'verify_login'>[]> {
  const ids = inputs.map(({ assertion }) => assertion.credential_id)
  const credentials = await readCredentials(sql, ids)
  return inputs.map(({ assertion, nonce }) => {
    const credential = credentials.get(assertion.credential_id)
    if (credential === undefined) return no('passkey_unknown')
    const challenge = loginChallenge(nonce)
    if (!verifyAssertion({ assertion, credential, challenge })) return no('passkey_invalid')
    return yes({ cardholder: credential.cardholder, credential_id: credential.credential_id })
  })
}

/** A cardholder's yes: their passkey over exactly the content that was shown. */
export async function verifyAssents(
  { verifyAssertion }: World,
  sql: Sql,
  inputs: readonly VaultInput<'verify_assent'>[],
): Promise<Answer<'verify_assent'>[]> {
  const ids = inputs.map(({ assertion }) => assertion.credential_id)
  const credentials = await readCredentials(sql, ids)
  return inputs.map(({ assertion, content }) => {
    const credential = credentials.get(assertion.credential_id)
    if (credential === undefined) return no('passkey_unknown')
    const challenge = createHash('sha256').update(jcs(content)).digest('base64url')
    if (!verifyAssertion({ assertion, credential, challenge })) return no('assertion_invalid')
    return yes({ cardholder: credential.cardholder, content_digest: challenge })
  })
}
