/**
 * The ways in which a person is identified, as a table. Each says how long a try waits, how many
 * there are, and what is made of what the person showed. Whatever the app did before, it is judged
 * here, on receipt.
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { activeTerminals } from '#terminals'
import { digestOf } from './application.ts'
import { goodAuthorities } from './authority.ts'
import { readCard } from './card.ts'
import { judgeCertificate } from './certificate.ts'
import { startCode } from './codes.ts'
import { maskNumber, readDocument } from './document.ts'
import type { Needs } from './needs.ts'
import type { Begun, Method, Proof, Starting } from './starting.ts'

type Of<M extends Proof['method']> = Extract<Proof, { method: M }>
type Given<M extends Proof['method']> = Starting & { readonly proof: Of<M> }

const refusedWith = (destination: string, reason: string): Answer<Begun> =>
  done({ state: 'refused', destination, detail: {}, reason })

/** The signed request itself is the proof: the key was admitted by its owner's passkey. */
async function startTerminal(
  { store }: Needs,
  { call, application }: Given<'registered_terminal'>,
): Promise<Answer<Begun>> {
  const destination = `•••• ${call.terminal.slice(-4)}`
  const [active] = await activeTerminals(store.sql, [call.terminal])
  if (active !== application.terminal) return refusedWith(destination, 'terminal_not_active')
  return done({ state: 'verified', destination, detail: { terminal: call.terminal } })
}

/** Only who has the card on this phone can say what the vault asks to hear of it. */
async function startCard(
  { store, vault }: Needs,
  { call, proof, application }: Given<'issued_card'>,
): Promise<Answer<Begun>> {
  const card = await readCard(store.sql, proof.card)
  if (card?.cardholder !== application.cardholder || card.last4 === null)
    return refused('not_found')
  const destination = `•••• ${card.last4}`
  if (card.state !== 'active') return refusedWith(destination, 'card_not_active')
  const { terminal, request } = call
  const proven = await vault.call('prove_card', { terminal, request })
  if (!proven.ok || proven.output.card !== proof.card)
    return refusedWith(destination, 'card_not_proven')
  return done({ state: 'verified', destination, detail: { card: proof.card } })
}

/** The zone is checked by its digits; whether the document is real, a person sees. */
async function startDocument(
  _: Needs,
  { proof, application, nowMs }: Given<'identity_document'>,
): Promise<Answer<Begun>> {
  const read = readDocument(proof.mrz, { birthDate: application.facts.birth_date, nowMs })
  if (!read.ok) return refusedWith(read.field, read.fault)
  const { facts } = read
  const detail = {
    format: facts.format,
    kind: facts.kind,
    issuer: facts.issuer,
    surname: facts.surname,
    given_names: facts.givenNames,
    birth_date: facts.birthDate,
    expiry_date: facts.expiryDate,
    document_number: facts.number,
  }
  return done({ state: 'in_review', destination: maskNumber(facts.number), detail })
}

async function startCertificate(
  needs: Needs,
  { proof, application, nowMs }: Given<'x509'>,
): Promise<Answer<Begun>> {
  const shown = {
    certificate: fromBase64url(proof.certificate),
    signature: fromBase64url(proof.signature),
    digest: fromBase64url(digestOf(application)),
  }
  const judged = await judgeCertificate(shown, await goodAuthorities(needs, nowMs), nowMs)
  if (!judged.ok) return refusedWith('', judged.fault)
  const { subject, serial } = judged
  return done({ state: 'verified', destination: subject, detail: { subject, serial } })
}

// biome-ignore format: a table reads by its columns
export const methodTable: { readonly [M in Proof['method']]: Method<Of<M>> } = {
  registered_terminal: { minutes: 10,            tries: 5,  start: startTerminal },
  issued_card:         { minutes: 10,            tries: 5,  start: startCard },
  identity_document:   { minutes: 30 * 24 * 60,  tries: 5,  start: startDocument },
  x509:                { minutes: 10,            tries: 5,  start: startCertificate },
  phone:               { minutes: 10,            tries: 5,  start: startCode },
  voice:               { minutes: 10,            tries: 5,  start: startCode },
}
