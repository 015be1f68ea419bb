/**
 * S4, from an entry device: keypad, stripe or chip, encrypted where it was entered. The vault opens
 * the message and says whose card it is; what was entered for must be what is asked for.
 */

import type { EntryKind, EntryMessage } from '@warifu/protocol/entry-device'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { KeyName, VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import { type VaultClient, VaultUnavailable } from '#vault-client'

/** What a request asks for; the message's context must say the same. */
export type EntryExpected = {
  readonly purpose: 'payment' | 'token'
  readonly merchant: Id<'mer'>
  /** base64url(SHA-256(Idempotency-Key)): one entered card serves one request. */
  readonly sale: string
  readonly amount: number | null
  readonly currency: string | null
  /** Declared by the merchant and by the device alike; null: a card in the shop. */
  readonly channel: 'moto' | null
}

export type EntryRead = {
  readonly card: Id<'crd'> | null
  /** The name of another company's card at this merchant, where its acquirer was asked. */
  readonly network: Id<'ncr'> | null
  readonly last4: string
  /** What was entered wrongly; null where nothing speaks against it. */
  readonly declined: Refusal | null
  readonly openedWith: KeyName
}

export async function readEntry(
  vault: Pick<VaultClient, 'call'>,
  message: EntryMessage,
  expected: EntryExpected,
): Promise<Answer<EntryRead>> {
  if (!isFor(message, expected)) return refused('entry_mismatch')
  const reply = await vault.call('open_entry', { message })
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { card, last4, opened_with } = reply.output
  if (card === null && expected.purpose === 'payment') {
    const asked = await askNetwork(vault, message)
    if (!asked.ok) return asked
    if (asked.value !== null) return done({ card, last4, openedWith: opened_with, ...asked.value })
  }
  const declined = declineOf({ ...reply.output, entry: message.context.entry })
  return done({ card, network: null, last4, declined, openedWith: opened_with })
}

/** Another company's card: its acquirer decides, asked from inside the vault; null: nobody asks. */
async function askNetwork(
  vault: Pick<VaultClient, 'call'>,
  message: EntryMessage,
): Promise<Answer<Pick<EntryRead, 'network' | 'declined'> | null>> {
  const reply = await vault.call('authorize_network', { message }).catch(openIfUnavailable)
  if (reply === undefined) return refused('network_unavailable')
  if (!reply.ok && reply.refusal === 'network_absent') return done(null)
  if (!reply.ok && reply.refusal === 'network_silent') return refused('network_unavailable')
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { outcome, card } = reply.output
  return done({ network: card, declined: outcome === 'approved' ? null : outcome })
}

/** A vault that is gone may have asked already: that is not “nothing has moved”. */
function openIfUnavailable(error: unknown): undefined {
  if (!(error instanceof VaultUnavailable)) throw error
}

const isFor = (message: EntryMessage, expected: EntryExpected): boolean =>
  isOfChannel(message, expected.channel) && wasEnteredFor(message, expected)

/** Nobody swipes, inserts or knows the PIN of a card at the other end of a telephone line. */
const isOfChannel = (
  { context, pin_block }: EntryMessage,
  channel: EntryExpected['channel'],
): boolean =>
  (context.channel ?? null) === channel &&
  (channel === null || (context.entry === 'keyed' && pin_block === null))

const wasEnteredFor = ({ context }: EntryMessage, expected: EntryExpected): boolean =>
  context.purpose === expected.purpose &&
  context.merchant === expected.merchant &&
  context.sale === expected.sale &&
  context.amount === expected.amount &&
  context.currency === expected.currency

type Found = VaultOutput<'open_entry'> & { readonly entry: EntryKind }

/** In order: the first that speaks against it names the decline. Authenticity, then the person. */
// biome-ignore format: a table reads by its columns
const checks: readonly (readonly [Refusal, (found: Found) => boolean])[] = [
  ['card_not_supported',  (found) => found.card === null],
  ['plastic_not_active',  (found) => found.plastic === 'waiting'],
  ['cryptogram_invalid',  (found) => found.cryptogram === 'invalid'],
  // A card of ours that was inserted answers with a cryptogram; one that was keyed needs its code.
  ['cryptogram_invalid',  (found) => isOurs(found, 'inserted') && found.cryptogram === 'absent'],
  ['card_expired',        (found) => found.expiry === 'mismatch'],
  ['security_code_wrong', (found) => found.security_code === 'mismatch'],
  ['security_code_wrong', (found) => isOurs(found, 'keyed') && found.security_code === 'absent'],
  ['security_code_wrong', (found) => isOurs(found, 'swiped') && found.security_code === 'absent'],
  ['pin_blocked',         (found) => found.pin === 'blocked'],
  ['pin_wrong',           (found) => found.pin === 'wrong'],
]

const isOurs = (found: Found, entry: EntryKind): boolean =>
  found.card !== null && found.entry === entry

const declineOf = (found: Found): Refusal | null =>
  checks.find(([, speaksAgainst]) => speaksAgainst(found))?.[0] ?? null

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'device_unknown':
    case 'device_not_active':
    case 'entry_invalid':
    case 'entry_mismatch':
    case 'ksn_replayed':
      return refusal
    case 'request_malformed':
      return 'entry_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to open_entry`)
  }
}
