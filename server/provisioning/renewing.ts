/**
 * The key that a terminal seals its card to when it pays has an end: before it, the terminal asks
 * for it again. The vault signs it; where half of its life is over, the next epoch begins.
 */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { Store } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { isInstalledOn } from './installation.ts'

export type Renewing = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}

type Needs = { readonly store: Store; readonly vault: Pick<VaultClient, 'call'> }
type Renewed = VaultOutput<'renew_payment_key'>

const DAY_MS = 24 * 60 * 60 * 1000

export const renewKey = (
  { store, vault }: Needs,
  { call, card, nowMs }: Renewing,
): Work<Renewed, Renewed & { readonly card: Id<'crd'> }> => ({
  gather: async () => {
    const { terminal } = call
    if (!(await isInstalledOn(store.sql, { card, terminal }))) return refused('not_found')
    // Told in whole days, so that a retry asks the vault the same.
    const now = new Date(nowMs - (nowMs % DAY_MS)).toISOString()
    const reply = await vault.call('renew_payment_key', { card, terminal, now })
    if (reply.ok) return done(reply.output)
    if (reply.refusal === 'scheme_mismatch') return refused('not_found')
    if (reply.refusal === 'terminal_unknown' || reply.refusal === 'terminal_not_admitted')
      return refused('terminal_not_active')
    throw new Error(`the vault does not renew the key of an installed card: ${reply.refusal}`)
  },
  record: async (_, { payment_key }) => done({ card, payment_key }),
})
