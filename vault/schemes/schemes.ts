/** The table of card schemes. One that is not in it does not compile. */
import type { Scheme } from '@warifu/protocol/schemes'
import { activationNumber } from './activation-number.ts'
import { doubleSealed } from './double-sealed.ts'
import { paymentKey } from './payment-key.ts'
import type { VaultScheme } from './scheme.ts'
import { serverSealed } from './server-sealed.ts'
import { terminalSealed } from './terminal-sealed.ts'

export const vaultSchemes: { readonly [S in Scheme]: VaultScheme<S> } = {
  terminal_sealed: terminalSealed,
  server_sealed: serverSealed,
  double_sealed: doubleSealed,
  payment_key: paymentKey,
  activation_number: activationNumber,
}
