/**
 * S2, from the SIM: a sealed record, the SIM's own answer over this payment, and the signatures of
 * bridge and terminal (KR100451174B1, fig. 4). Two PIN digits come only when the card's company
 * asks for them, which ends the request with one more step.
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest, VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import type { VaultClient } from '#vault-client'
import type { Next, Read } from './read.ts'

export type SimAsking = {
  readonly vault: VaultClient
  /** Whether the company of this card asks for PIN digits at this payment. */
  readonly asksDigits: (card: Id<'crd'>) => Promise<boolean>
}

export async function readSim(
  { vault, asksDigits }: SimAsking,
  terminal: Id<'trm'>,
  request: SignedRequest,
): Promise<Answer<Read | Next>> {
  const reply = await vault.call('open_sim', { terminal, request })
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { card, digits } = reply.output
  if (digits === 'absent' && (await asksDigits(card)))
    return done({ next: 'pin_digits', keys: readOf(reply.output) })
  const refusal = digitsRefusal[digits]
  return refusal === undefined ? done(readOf(reply.output)) : refused(refusal)
}

/** Digits that came are believed or refused, also where nobody had asked for them. */
const digitsRefusal: Readonly<Record<VaultOutput<'open_sim'>['digits'], Refusal | undefined>> = {
  absent: undefined,
  verified: undefined,
  wrong: 'pin_digits_wrong',
  blocked: 'pin_blocked',
}

const readOf = (output: VaultOutput<'open_sim'>): Read => ({
  card: output.card,
  contentDigest: fromBase64url(output.content_digest),
  factors: output.user_verified
    ? ['terminal_signature', 'user_verification']
    : ['terminal_signature'],
  signedWith: output.signed_with,
  openedWith: output.opened_with,
})

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'assertion_invalid':
    case 'sim_unknown':
    case 'sim_not_active':
    case 'sim_replayed':
    case 'bridge_invalid':
    case 'sim_other':
    case 'sim_record_invalid':
    case 'card_unknown':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'request_malformed':
      return 'signature_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to open_sim`)
  }
}
