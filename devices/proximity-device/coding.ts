/** A chip's next code, and the memory in which it is counted; the same question: the same code. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type ChipUse, chipCode, LAST_COUNTER } from '@warifu/crypto/chip-code'
import type { ChipProof } from '@warifu/protocol/proximity'
import type { ChipMemory } from './chip-memory.ts'

export type Coded = { readonly memory: ChipMemory; readonly chip: ChipProof }

/** undefined: it has counted to its end, or has no keys. */
export function codeFor(memory: ChipMemory, use: ChipUse, data: Uint8Array): Coded | undefined {
  const { secrets, last } = memory
  if (secrets === null) return undefined
  const asked = createHash('sha256').update(use).update(data).digest()
  const isSame = last !== null && timingSafeEqual(last, asked)
  const counter = isSame ? memory.counter : memory.counter + 1
  if (counter > LAST_COUNTER) return undefined
  const code = chipCode({ key: secrets.txn, use, counter, data })
  return {
    memory: { ...memory, counter, last: asked },
    chip: { counter, code: Buffer.from(code).toString('base64url') },
  }
}
