/**
 * Keys of proximity devices' chips: derived from masters by the chip's id (SP 800-108), when they
 * are needed, and wiped after. The masters come of one domain key and never leave.
 */
import { broadcastCode, type ChipPurpose, chipCode, chipKeyOf } from '@warifu/crypto/chip-code'
import { checkValue } from '@warifu/crypto/cmac'
import { epochAt } from '@warifu/protocol/proximity-frame'
import type { KeyName } from '@warifu/protocol/vault'
import type { Hierarchy } from './hierarchy.ts'

export type ChipKeys = {
  /** The key of a chip, for its key block; whoever asks for the bytes wipes them. */
  readonly keyOf: (purpose: ChipPurpose, device: string) => Uint8Array
  readonly code: (
    device: string,
    coding: { readonly use: 'txn' | 'pair'; readonly counter: number; readonly data: Uint8Array },
  ) => { readonly code: Uint8Array; readonly name: KeyName }
  readonly broadcast: (device: string, epoch: number) => Uint8Array
}

export function createChipKeys(hierarchy: Hierarchy): ChipKeys {
  const keyOf = (purpose: ChipPurpose, device: string): Uint8Array => {
    const master = hierarchy.mac('proximity', `${purpose}/1`)
    const key = chipKeyOf(master, purpose, device)
    master.fill(0)
    return key
  }
  return {
    keyOf,
    code: (device, coding) => {
      const key = keyOf('chip-txn', device)
      const code = chipCode({ key, ...coding })
      const name = { kid: `chip-txn.${device.toLowerCase()}`, check_value: checkValue(key) }
      key.fill(0)
      return { code, name }
    },
    broadcast: (device, epoch) => {
      const key = keyOf('chip-eid', device)
      const code = broadcastCode(key, epoch)
      key.fill(0)
      return code
    },
  }
}

/** The epochs whose codes may be known: the present one and its neighbours. */
export const openEpochs = (nowMs: number): readonly number[] =>
  [-1, 0, 1].map((step) => epochAt(nowMs) + step)
