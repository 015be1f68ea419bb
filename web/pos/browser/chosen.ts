/** How the customer is to be asked, as it was chosen so far. */
import type { PayWay } from './wire.ts'

export type Chosen = { readonly pay: PayWay | undefined; readonly isMissing: boolean }

export type Choosing = { readonly choose: (chosen: Chosen) => void }

export const byLink: Chosen = { pay: undefined, isMissing: false }
/** A way was chosen, and what it needs is not there yet. */
export const notYet: Chosen = { pay: undefined, isMissing: true }
