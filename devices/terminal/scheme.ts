/**
 * What a card scheme is to the terminal: what it installs of a delivery, and what it shows to pay.
 * A file per scheme beside (`scheme-*.ts`). What is kept lies under the local key. Browser-safe.
 */

import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { CodeContent } from '@warifu/protocol/capped-code'
import type { Delivery, SignedKey } from '@warifu/protocol/delivery'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { TerminalError } from './terminal-error.ts'
import { digestOf, type TerminalKeys } from './terminal-keys.ts'

export type Installing<S extends Scheme> = {
  readonly delivery: Delivery<S>
  readonly keys: TerminalKeys
  /** What was announced: SHA-256 of what the terminal is to keep. */
  readonly digest: string
  readonly nowMs: number
}
/** What is kept of a card: `text` in clear for the scheme alone, and a number to send back once. */
export type Keeping = { readonly text: string; readonly number?: string }

export type Showing = {
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  /** What is paid, or what may be paid by a code. */
  readonly content: PaymentContent | CodeContent
  readonly keys: TerminalKeys
  /** As `install` kept it. */
  readonly text: string
  /** The key to seal to, verified; asked for by schemes that seal. */
  readonly key: SignedKey
  readonly nowMs: number
}

export type TerminalScheme<S extends Scheme> = {
  readonly install: (installing: Installing<S>) => Promise<Keeping>
  /** What travels, in its transport form; `seals` says that it needs a key of the vault's. */
  readonly show:
    | { readonly seals: false; readonly text: (kept: string) => string }
    | { readonly seals: true; readonly text: (showing: Showing) => Promise<string> }
}

/** What arrived must be what was announced. */
export async function assertAnnounced(text: string, digest: string): Promise<void> {
  if ((await digestOf(text)) !== digest)
    throw new TerminalError('digest_mismatch', 'The card that came is not the one announced.')
}

/** Shown as it was kept. */
export const asKept = { seals: false, text: (kept: string): string => kept } as const
