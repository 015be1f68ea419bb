/**
 * Loading a device's initial key: an X9.143 block, version D, under the key that was set when the
 * device was made. Whoever brings the block needs no trust; it is opened here and nowhere else.
 *
 * An initial key is loaded once: a second time its counter would begin anew, and key serial
 * numbers with it.
 */
import { createDeviceState } from '@warifu/crypto/dukpt-device'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { KeyBlockError, type KeyBlockHeader } from '@warifu/crypto/key-block-header'
import { type KeyedPrefix, type KeyMemory, MAX_LOADED } from './key-memory.ts'

export type Loaded<P extends KeyedPrefix> =
  | { readonly kind: 'loaded'; readonly memory: KeyMemory<P> }
  | { readonly kind: 'refused'; readonly because: Refusal }
export type Refusal =
  | 'key_block_invalid'
  | 'key_block_not_for_this'
  | 'key_loaded_before'
  | 'no_room_for_keys'

export function loadKey<P extends KeyedPrefix>(memory: KeyMemory<P>, block: string): Loaded<P> {
  const no = (because: Refusal) => ({ kind: 'refused', because }) as const
  if (memory.loaded.length >= MAX_LOADED) return no('no_room_for_keys')
  const opened = unwrap(memory.kbpk, block)
  if (opened === undefined) return no('key_block_invalid')
  const { header, key } = opened
  const id = initialKeyIdOf(header)
  const isFitting = isForThis(header, key) && id !== undefined
  if (!isFitting || memory.loaded.includes(id)) {
    key.fill(0)
    return no(isFitting ? 'key_loaded_before' : 'key_block_not_for_this')
  }
  const initialKeyId = Uint8Array.from(Buffer.from(id, 'hex'))
  const keys = createDeviceState({ initialKey: key, initialKeyId })
  key.fill(0)
  memory.keys?.registers.fill(0)
  return { kind: 'loaded', memory: { ...memory, keys, loaded: [...memory.loaded, id] } }
}

function unwrap(kbpk: Uint8Array, block: string) {
  try {
    return unwrapKeyBlock({ kbpk, block, usages: ['B1'] })
  } catch (error) {
    if (error instanceof KeyBlockError) return undefined
    throw error
  }
}

/** Version D, AES, for derivation only, not to leave again. */
const isForThis = ({ version, algorithm, mode, exportability }: KeyBlockHeader, key: Uint8Array) =>
  version === 'D' &&
  algorithm === 'A' &&
  mode === 'X' &&
  exportability === 'N' &&
  (key.length === 16 || key.length === 32)

/** The optional block IK: the 8 bytes that name the initial key (X9.143 §6.3.6.6). */
const initialKeyIdOf = ({ optional }: KeyBlockHeader): string | undefined =>
  optional.find(({ id, data }) => id === 'IK' && /^[0-9A-Fa-f]{16}$/.test(data))?.data.toLowerCase()
