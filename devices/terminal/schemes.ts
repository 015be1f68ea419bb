/** The table of card schemes; what arrives, and what pays, goes by it. Browser-safe. */
import type { Delivery } from '@warifu/protocol/delivery'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Installing, Keeping, TerminalScheme } from './scheme.ts'
import { activationNumber } from './scheme-activation-number.ts'
import { doubleSealed } from './scheme-double-sealed.ts'
import { paymentKey } from './scheme-payment-key.ts'
import { serverSealed } from './scheme-server-sealed.ts'
import { terminalSealed } from './scheme-terminal-sealed.ts'

export const terminalSchemes: { readonly [S in Scheme]: TerminalScheme<S> } = {
  terminal_sealed: terminalSealed,
  server_sealed: serverSealed,
  double_sealed: doubleSealed,
  payment_key: paymentKey,
  activation_number: activationNumber,
}

type Arriving = Omit<Installing<Scheme>, 'delivery'>

/** Installs a delivery by its own scheme. */
export function installDelivery(delivery: Delivery, arriving: Arriving): Promise<Keeping> {
  switch (delivery.scheme) {
    case 'terminal_sealed':
      return terminalSealed.install({ ...arriving, delivery })
    case 'server_sealed':
      return serverSealed.install({ ...arriving, delivery })
    case 'double_sealed':
      return doubleSealed.install({ ...arriving, delivery })
    case 'payment_key':
      return paymentKey.install({ ...arriving, delivery })
    case 'activation_number':
      return activationNumber.install({ ...arriving, delivery })
  }
}
