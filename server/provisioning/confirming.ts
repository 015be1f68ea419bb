/**
 * The terminal says, signed, what it installed: the card is active then. In `activation_number` it
 * sends back the one-time number of its card, which the vault consumes before anything is recorded.
 */
import type { ConfirmationBody } from '@warifu/protocol/delivery'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { VaultRefusal } from '@warifu/protocol/vault'
import type { CardView, Issuing } from '#issuing'
import type { Store } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { confirm, type Installation, readInstallation } from './installation.ts'
import { isPlaced } from './moving.ts'

export type Confirming = {
  readonly call: TerminalCall
  readonly installation: Id<'ins'>
  readonly body: ConfirmationBody
  readonly nowMs: number
}

type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly issuing: Pick<Issuing, 'activate' | 'cardOf'>
}

export const confirmInstallation = (
  needs: Needs,
  confirming: Confirming,
): Work<Installation, CardView> => ({
  gather: async () => {
    const { call, installation, body } = confirming
    const found = await readInstallation(needs.store.sql, installation)
    if (found?.terminal !== call.terminal) return refused('not_found')
    if (found.innerDigest !== body.inner_digest) return refused('installation_mismatch')
    return found.scheme === 'activation_number' ? giveBack(needs, found, confirming) : done(found)
  },
  record: async (tx, { id, application, card }) => {
    const { body, nowMs } = confirming
    const found = await readInstallation(tx, id)
    if (found?.innerDigest !== body.inner_digest) return refused('installation_mismatch')
    if (found.state === 'confirmed') return done(await needs.issuing.cardOf(tx, card, nowMs))
    if (await isPlaced(tx, found)) {
      await confirm(tx, id, nowMs)
      return done(await needs.issuing.cardOf(tx, card, nowMs))
    }
    const active = await needs.issuing.activate(tx, { application, card, nowMs })
    if (active.ok && !(await confirm(tx, id, nowMs))) throw new Error('confirmed by two at once')
    return active
  },
})

/** The vault verifies who sends and consumes the number; the same bytes again get the same yes. */
async function giveBack(
  { vault }: Needs,
  found: Installation,
  { call, nowMs }: Confirming,
): Promise<Answer<Installation>> {
  const { terminal, request } = call
  const now = new Date(nowMs).toISOString()
  const reply = await vault.call('activate_card', { terminal, request, now })
  if (!reply.ok) return refused(meaningOf(reply.refusal))
  if (reply.output.card !== found.card) throw new Error('the number of another card')
  return done(found)
}

function meaningOf(refusal: VaultRefusal) {
  switch (refusal) {
    case 'activation_used':
    case 'activation_expired':
    case 'signature_invalid':
      return refusal
    case 'terminal_unknown':
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    default:
      return 'activation_unknown'
  }
}
