/**
 * Signing up and in at the console by passkey (WebAuthn Level 3 §7, by the library). Unlike a
 * cardholder's, these passkeys vouch for no card: the server verifies and keeps them itself.
 */
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server'
import { cose } from '@simplewebauthn/server/helpers'
import { toBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { assertion, attestation } from '@warifu/protocol/shapes'
import type { Static } from 'typebox'
import type { Tx } from '#store'
import { type OpenedSession, openConsoleSession } from './console-session.ts'
import { type Who, type WhoId, whoIs } from './console-who.ts'
import { invitationDigest, invited, useInvitation } from './invitation.ts'
import type { Needs } from './needs.ts'

export const CONSOLE_CHALLENGE_MS = 5 * 60 * 1000
const algorithms = [cose.COSEALG.ES256, cose.COSEALG.EdDSA, cose.COSEALG.RS256]

/** The console's page: its passkeys are for this origin alone. */
export type Site = { readonly consoleOrigin: string }
export type SignInNeeds = Needs & Site

export type ConsoleChallenge = {
  readonly registration: Id<'reg'>
  readonly challenge: string
  readonly deadlineMs: number
}
export type SignUpChallenge = ConsoleChallenge & { readonly who: Who; readonly whoId: WhoId }

export async function startSignUp(
  needs: Needs,
  invitation: string,
  nowMs: number,
): Promise<Answer<SignUpChallenge>> {
  const { sql } = needs.store
  const whoId = await invited(sql, invitation, nowMs)
  const who = whoId && (await whoIs(sql, whoId))
  if (whoId === undefined || who === undefined) return refused('invitation_unknown')
  const digest = invitationDigest(invitation)
  return done({ ...(await challenge(needs, { who: whoId, digest }, nowMs)), who, whoId })
}

export const startSignIn = (needs: Needs, nowMs: number): Promise<ConsoleChallenge> =>
  challenge(needs, undefined, nowMs)

type Invited = { readonly who: WhoId; readonly digest: Uint8Array }

async function challenge(
  { store, mint, random }: Needs,
  invited: Invited | undefined,
  nowMs: number,
): Promise<ConsoleChallenge> {
  const registration = mint('reg')
  const bytes = random(32)
  const deadlineMs = nowMs + CONSOLE_CHALLENGE_MS
  await store.sql`
    insert into people.console_challenge (id, who, invitation, challenge, deadline_ms)
    values (${registration}, ${invited?.who ?? null}, ${invited?.digest ?? null}, ${bytes},
            ${deadlineMs})`
  return { registration, challenge: toBase64url(bytes), deadlineMs }
}

type Challenged = {
  readonly who: WhoId | null
  readonly invitation: Uint8Array | null
  readonly challenge: Uint8Array
}

/** Takes a challenge away: each is answered once, well or badly. */
async function take(tx: Tx, id: Id<'reg'>, nowMs: number): Promise<Challenged | undefined> {
  const [row] = await tx<(Challenged & { deadlineMs: bigint })[]>`
    delete from people.console_challenge where id = ${id}
    returning who, invitation, challenge, deadline_ms as "deadlineMs"`
  return row && Number(row.deadlineMs) > nowMs ? row : undefined
}

export type SigningUp = {
  readonly registration: Id<'reg'>
  readonly attestation: Static<typeof attestation>
}

export const signUp = (
  needs: SignInNeeds,
  { registration, attestation }: SigningUp,
  nowMs: number,
) =>
  needs.store.transaction(async (tx): Promise<Answer<OpenedSession>> => {
    const asked = await take(tx, registration, nowMs)
    if (!asked?.who || !asked.invitation) return refused('challenge_expired')
    const key = await verifiedKey(needs, asked.challenge, attestation)
    if (key === undefined) return refused('passkey_invalid')
    const who = await whoIs(tx, asked.who)
    if (who === undefined) return refused('invitation_unknown')
    if (!(await useInvitation(tx, asked.invitation, nowMs))) return refused('invitation_unknown')
    const kept = await tx`
      insert into people.console_passkey (credential_id, who, public_key, sign_count, created_ms)
      values (${key.id}, ${asked.who}, ${key.publicKey}, ${key.counter}, ${nowMs})
      on conflict do nothing returning who`
    if (kept.length === 0) return refused('credential_exists')
    return done(
      await openConsoleSession(tx, needs, { who, whoId: asked.who, by: 'passkey' }, nowMs),
    )
  })

async function verifiedKey(
  { consoleOrigin }: Site,
  challenged: Uint8Array,
  made: SigningUp['attestation'],
): Promise<WebAuthnCredential | undefined> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: made.credential_id,
        rawId: made.credential_id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          attestationObject: made.attestation_object,
          clientDataJSON: made.client_data_json,
        },
      },
      expectedChallenge: toBase64url(challenged),
      expectedOrigin: consoleOrigin,
      expectedRPID: new URL(consoleOrigin).hostname,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    return verified ? registrationInfo.credential : undefined
  } catch {
    // Every way in which the library throws is a refusal.
    return undefined
  }
}

export type SigningIn = {
  readonly registration: Id<'reg'>
  readonly assertion: Static<typeof assertion>
}
type Key = { readonly who: WhoId; readonly publicKey: Uint8Array; readonly signCount: bigint }

export const signIn = (needs: SignInNeeds, { registration, assertion }: SigningIn, nowMs: number) =>
  needs.store.transaction(async (tx): Promise<Answer<OpenedSession>> => {
    const asked = await take(tx, registration, nowMs)
    if (asked === undefined || asked.who !== null) return refused('challenge_expired')
    const [key] = await tx<Key[]>`
      select who, public_key as "publicKey", sign_count as "signCount"
        from people.console_passkey where credential_id = ${assertion.credential_id} for update`
    const who = key && (await whoIs(tx, key.who))
    if (key === undefined || who === undefined) return refused('passkey_unknown')
    const counter = await verifiedCount(needs, { key, assertion, challenged: asked.challenge })
    if (counter === undefined) return refused('passkey_invalid')
    await tx`
      update people.console_passkey set sign_count = ${counter}
       where credential_id = ${assertion.credential_id}`
    return done(await openConsoleSession(tx, needs, { who, whoId: key.who, by: 'passkey' }, nowMs))
  })

type Verifying = {
  readonly key: Key
  readonly assertion: SigningIn['assertion']
  readonly challenged: Uint8Array
}

/** The passkey's new count; undefined where anything does not hold. */
async function verifiedCount(
  { consoleOrigin }: Site,
  { key, assertion, challenged }: Verifying,
): Promise<number | undefined> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: assertion.credential_id,
        rawId: assertion.credential_id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          authenticatorData: assertion.authenticator_data,
          clientDataJSON: assertion.client_data_json,
          signature: assertion.signature,
        },
      },
      expectedChallenge: toBase64url(challenged),
      expectedOrigin: consoleOrigin,
      expectedRPID: new URL(consoleOrigin).hostname,
      requireUserVerification: true,
      credential: {
        id: assertion.credential_id,
        publicKey: new Uint8Array(key.publicKey),
        counter: Number(key.signCount),
      },
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}
