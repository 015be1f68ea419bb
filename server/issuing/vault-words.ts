/** The vault's refusals of signed acts in the API's vocabulary; most are spelled alike. */
import { errors, type Refusal } from '@warifu/protocol/errors'
import type { VaultRefusal } from '@warifu/protocol/vault'

const meanings: Partial<Record<VaultRefusal, Refusal>> = {
  terminal_unknown: 'terminal_not_active',
  terminal_not_admitted: 'terminal_not_active',
  card_unknown: 'not_found',
  plastic_unknown: 'not_found',
  request_malformed: 'statement_invalid',
}

const isRefusal = (word: string): word is Refusal => Object.hasOwn(errors, word)

export function vaultRefusal(word: VaultRefusal): Refusal {
  const meant = meanings[word] ?? word
  if (!isRefusal(meant)) throw new Error(`vault: ${word} has no meaning here`)
  return meant
}
