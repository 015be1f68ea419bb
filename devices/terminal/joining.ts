/**
 * Joining by passkey, logging in, and registering this terminal's keys. Browser-safe.
 *
 * Enrolment: the terminal signs nonce, origin and both thumbprints; a passkey assertion with user
 * verification is over the same bytes, so the passkey vouches for the keys. The vault then seals
 * 32 bytes to the sealing key, and opening them proves that the terminal holds it and was told the
 * vault's own signing key, which it pins. A log-in signs a
 * digest of its own label and the platform's nonce, never bytes of the platform's choice.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { loginChallengeInput } from '@warifu/crypto/login-challenge'
import type { CallName, Reply } from '@warifu/protocol/contract'
import type { Enrolment } from '@warifu/protocol/sealed'
import { callApi, type Input } from '@warifu/sdk/api-call'
import { type TerminalNeeds, update } from './asking.ts'
import { proveOpening } from './open-sealed.ts'
import { TerminalError } from './terminal-error.ts'
import {
  makeKeys,
  publicJwkOf,
  sha256,
  sign,
  thumbprintOf,
  thumbprintOfJwk,
} from './terminal-keys.ts'

/** A passkey answers for one host name; anything but our own origin's is a trap. */
function rpIdOf({ origin }: TerminalNeeds, rpId: string): string {
  if (rpId !== new URL(origin).hostname)
    throw new TerminalError('origin_mismatch', `The platform named ${rpId}; we are ${origin}.`)
  return rpId
}

export async function join(
  needs: TerminalNeeds,
  name: string,
): Promise<Reply<'createCardholder'>['cardholder']> {
  const { registration, challenge, rp_id } = await callApi(needs, 'startRegistration', {})
  const attestation = await needs.passkey.create({
    challenge: fromBase64url(challenge),
    rpId: rpIdOf(needs, rp_id),
    origin: needs.origin,
    userName: name,
  })
  const body = { registration, name, attestation }
  const { cardholder, session } = await callApi(needs, 'createCardholder', { body })
  const credential = attestation.credential_id
  await update(needs, (state) => ({
    ...state,
    name,
    cardholder: cardholder.id,
    credential,
    session,
  }))
  return cardholder
}

export async function logIn(needs: TerminalNeeds): Promise<Reply<'createSession'>> {
  const { registration, nonce, rp_id } = await callApi(needs, 'startLogin', {})
  const { credential } = await needs.store.load()
  const assertion = await needs.passkey.get({
    challenge: await sha256(loginChallengeInput(fromBase64url(nonce))),
    rpId: rpIdOf(needs, rp_id),
    origin: needs.origin,
    credential,
  })
  const session = await callApi(needs, 'createSession', { body: { registration, assertion } })
  await update(needs, (state) => ({ ...state, session, cardholder: session.cardholder }))
  return session
}

/** A call on behalf of the person; logs in again where the session is over. */
export async function callAsPerson<N extends CallName>(
  needs: TerminalNeeds,
  name: N,
  input: Input<N>,
): Promise<Reply<N>> {
  const { session, cardholder } = await needs.store.load()
  if (cardholder === null) throw new TerminalError('not_joined', 'Join first: there is no passkey.')
  const isOver = session === null || Date.parse(session.expires_at) <= needs.nowMs() + 5_000
  const { token } = isOver ? await logIn(needs) : session
  return callApi(needs, name, { ...input, headers: { authorization: `Bearer ${token}` } })
}

export async function enrol(
  needs: TerminalNeeds,
  name?: string,
): Promise<Reply<'confirmTerminal'>> {
  const { terminal, nonce, origin } = await callAsPerson(needs, 'startEnrolment', {})
  if (origin !== needs.origin)
    throw new TerminalError(
      'origin_mismatch',
      `The platform named ${origin}; we are ${needs.origin}.`,
    )
  const keys = await makeKeys(needs.extractable)
  const statement: Enrolment = {
    nonce,
    origin,
    sealing_thumbprint: await thumbprintOf(keys.sealing.publicKey),
    signing_thumbprint: await thumbprintOf(keys.signing.publicKey),
  }
  const bytes = jcsBytes(statement)
  const body = {
    terminal,
    ...(name === undefined ? {} : { name }),
    sealing_key: await publicJwkOf(keys.sealing.publicKey),
    signing_key: await publicJwkOf(keys.signing.publicKey),
    signature: toBase64url(await sign(keys.signing, bytes)),
    assertion: await vouch(needs, bytes),
  }
  const { challenge, vault_key } = await callAsPerson(needs, 'createTerminal', { body })
  const opening = { sealing: keys.sealing, message: challenge, nowMs: needs.nowMs() }
  const context = { terminal, vault_key: await thumbprintOfJwk(vault_key) }
  const proof = await proveOpening(opening, context)
  const fresh = { terminal, keys, vault_key, counter: 0, asked: [], cards: [], certificate: null }
  await update(needs, (state) => ({ ...state, ...fresh }))
  return callAsPerson(needs, 'confirmTerminal', { params: { id: terminal }, body: { proof } })
}

/** The person's passkey, user verified, over the SHA-256 of these bytes. */
export async function vouch(needs: TerminalNeeds, bytes: Uint8Array<ArrayBuffer>) {
  const { credential } = await needs.store.load()
  return needs.passkey.get({
    challenge: await sha256(bytes),
    rpId: new URL(needs.origin).hostname,
    origin: needs.origin,
    credential,
  })
}
