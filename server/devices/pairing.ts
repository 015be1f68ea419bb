/**
 * A terminal becomes a device's phone. The vault believes it by the chip's own code under the
 * terminal's signature; here stands what the platform then does with it.
 */
import type { PairDeviceBody } from '@warifu/protocol/beacon'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import type { Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import type { Carried } from './carried.ts'
import { addCodes } from './epochs.ts'
import { carriedOf, linkCard, putProximity } from './proximity.ts'

export type PairNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  /** The cardholder whose card this is. */
  readonly holderOf: (card: Id<'crd'>) => Promise<Id<'chl'> | undefined>
}

type Pairing = {
  readonly call: TerminalCall
  readonly body: PairDeviceBody
  readonly nowMs: number
}

export const pairDevice = (
  { vault }: PairNeeds,
  { call, body, nowMs }: Pairing,
): Work<VaultOutput<'pair_chip'>, Carried> => ({
  gather: async () => {
    const { terminal, request } = call
    const reply = await vault.call('pair_chip', { terminal, request })
    return reply.ok ? done(reply.output) : refused(meaning(reply.refusal))
  },
  record: async (tx: Tx, { device, carrier, cardholder, card, codes }) => {
    const { terminal } = call
    const { name } = body
    const put = { id: device, kind: carrier, name, cardholder, terminal, card }
    const row = await putProximity(tx, put, nowMs)
    await addCodes(tx, { device, codes })
    return done(carriedOf(row))
  },
})

type Linking = {
  readonly call: TerminalCall
  readonly device: Id<'pxd'>
  readonly card: Id<'crd'>
}

/** Another card pays from now on. */
export const linkDevice = (
  { holderOf }: PairNeeds,
  { call: { cardholder }, device, card }: Linking,
): Work<null, Carried> => ({
  gather: async () =>
    (await holderOf(card)) === cardholder ? done(null) : refused('card_unknown', 'card'),
  record: async (tx): Promise<Answer<Carried>> => {
    const row = await linkCard(tx, { cardholder, device }, card)
    return row === undefined ? refused('not_found') : done(carriedOf(row))
  },
})

/** The vault's word in the API's vocabulary; a word it cannot have here is a bug of ours. */
function meaning(refusal: VaultRefusal): Refusal {
  switch (refusal) {
    case 'terminal_unknown':
    case 'signature_invalid':
    case 'statement_invalid':
    case 'card_unknown':
    case 'chip_unknown':
    case 'chip_paired':
    case 'chip_code_invalid':
    case 'chip_replayed':
      return refusal
    case 'terminal_not_admitted':
      return 'terminal_not_active'
    case 'request_malformed':
      return 'signature_invalid'
    default:
      throw new Error(`vault: ${refusal} is no answer to pair_chip`)
  }
}
