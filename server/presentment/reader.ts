/**
 * S3, at the cardholder's own reader: each message of the sale goes to the vault, which says whose
 * card it is, then whether the PIN is right. What speaks against the card ends the sale; a wrong
 * PIN is asked for again while the card has tries.
 */
import { fromBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { MOST_PIN_TRIES } from '@warifu/protocol/reader'
import type { SignedRequest, VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import type { VaultClient } from '#vault-client'
import type { Next, Read } from './read.ts'

export type ReaderAsk = {
  readonly terminal: Id<'trm'>
  readonly request: SignedRequest
  /** A house may let another cardholder's card pay over this phone. */
  readonly anyCardholder: boolean
  /** The program that the merchant asked for; null: any. */
  readonly program: Id<'prg'> | null
  readonly rulesOf: (
    card: Id<'crd'>,
  ) => Promise<{ readonly program: Id<'prg'>; readonly stripes: boolean } | undefined>
}

export async function readReader(
  vault: Pick<VaultClient, 'call'>,
  { terminal, request, anyCardholder, program, rulesOf }: ReaderAsk,
): Promise<Answer<Read | Next>> {
  const input = { terminal, request, any_cardholder: anyCardholder }
  const reply = await vault.call('open_sale', input)
  if (!reply.ok) return refused(meaning(reply.refusal))
  const { output } = reply
  if (output.sequence > 0) return pinRead(output)
  const rules = await rulesOf(output.card)
  const isOther = program !== null && rules?.program !== program
  const found = { ...output, stripes: rules?.stripes === true, isOther }
  const against = checks.find(([, speaksAgainst]) => speaksAgainst(found))?.[0]
  return against === undefined ? done(enterPin(output)) : refused(against)
}

type Said = VaultOutput<'open_sale'>
type Found = Said & { readonly stripes: boolean; readonly isOther: boolean }

/** In order: the first that speaks against it names the decline. */
// biome-ignore format: a table reads by its columns
const checks: readonly (readonly [Refusal, (found: Found) => boolean])[] = [
  ['cryptogram_invalid',  (found) => found.entry === 'inserted' && found.cryptogram !== 'verified'],
  ['stripe_not_allowed',  (found) => found.entry === 'swiped' && !found.stripes],
  ['security_code_wrong', (found) => found.entry === 'swiped' && found.stripe !== 'match'],
  ['card_expired',        (found) => found.expiry === 'mismatch'],
  ['card_not_supported',  (found) => found.isOther],
]

const enterPin = ({ signed_with, opened_with }: Said): Next => ({
  next: 'enter_pin',
  keys: { signedWith: signed_with, openedWith: opened_with },
})

function pinRead(said: Said): Answer<Read | Next> {
  if (said.pin === 'blocked' || said.pin === 'unset') return refused('pin_blocked')
  if (said.pin !== 'verified')
    return said.sequence < MOST_PIN_TRIES ? done(enterPin(said)) : refused('pin_wrong')
  return done({
    card: said.card,
    contentDigest: fromBase64url(said.content_digest),
    given: true,
    factors: ['terminal_signature', 'user_verification'],
    signedWith: said.signed_with,
    openedWith: said.opened_with,
  })
}

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'ksn_replayed':
    case 'reader_invalid':
    case 'sale_over':
    case 'sale_replayed':
    case 'sale_broken':
    case 'card_unknown':
    case 'cardholder_mismatch':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'device_unknown':
    case 'device_not_active':
      return 'reader_unknown'
    case 'sale_unknown':
      return 'sale_over'
    case 'request_malformed':
      return 'statement_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to open_sale`)
  }
}
