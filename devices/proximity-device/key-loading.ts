/**
 * Loading a chip's secrets: three X9.143 blocks, version D, under the key that was set when the
 * chip was made. The label block (LB) of each says for which chip and for what; whoever brings
 * them needs no trust.
 */
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { KeyBlockError } from '@warifu/crypto/key-block-header'
import { type ChipMemory, type ChipSecrets, SECRET_BYTES } from './chip-memory.ts'

export type KeyBlocks = Readonly<Record<keyof ChipSecrets, string>>

/** Derivation (B3) for codes and pairing, CMAC (M6) for the broadcast. */
const uses = {
  txn: { usage: 'B3', mode: 'X' },
  eid: { usage: 'M6', mode: 'G' },
  label: { usage: 'B3', mode: 'X' },
} as const

/** The memory with its secrets, or undefined where one of the blocks is not for this chip. */
export function loadKeys(memory: ChipMemory, blocks: KeyBlocks): ChipMemory | undefined {
  const [txn, eid, label] = (['txn', 'eid', 'label'] as const).map((name) =>
    open(memory, name, blocks[name]),
  )
  if (txn === undefined || eid === undefined || label === undefined) return undefined
  return { ...memory, secrets: { txn, eid, label } }
}

function open(
  { kbpk, device }: ChipMemory,
  name: keyof ChipSecrets,
  block: string,
): Uint8Array | undefined {
  try {
    const { usage, mode } = uses[name]
    const { header, key } = unwrapKeyBlock({ kbpk, block, usages: [usage] })
    const label = header.optional.find(({ id }) => id === 'LB')?.data
    const isForThis =
      header.version === 'D' &&
      header.mode === mode &&
      header.exportability === 'N' &&
      label === `${name} ${device}` &&
      key.length === SECRET_BYTES
    if (isForThis) return key
    key.fill(0)
    return undefined
  } catch (error) {
    if (error instanceof KeyBlockError) return undefined
    throw error
  }
}
