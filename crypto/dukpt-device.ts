/**
 * The device's half of AES DUKPT (ANSI X9.24-3:2017): the intermediate derivation registers.
 *
 * A device keeps 32 registers and a counter, never the initial key; a register is erased in the
 * same step that uses it, so what is stored tells nothing about transactions that are over.
 * Register i holds the key of the next counter whose lowest one-bit is bit i.
 */
import assert from 'node:assert/strict'
import {
  countOnes,
  DukptError,
  deriveChildren,
  encodeKsn,
  isUsableCounter,
  lowestOne,
  MOST_ONES,
  nextCounter,
} from './dukpt-aes.ts'

const REGISTERS = 32

/** All there is to keep. `registers` are 32 keys side by side, zeros where one is not in use. */
export type DeviceState = {
  readonly initialKeyId: Uint8Array
  /** The counter of the next transaction; 0 where none is left. */
  readonly counter: number
  readonly registers: Uint8Array
}

/** "Load Initial Key": the caller wipes the initial key after this. */
export function createDeviceState({
  initialKey,
  initialKeyId,
}: {
  readonly initialKey: Uint8Array
  readonly initialKeyId: Uint8Array
}): DeviceState {
  if (initialKeyId.length !== 8) throw new DukptError('bad_key_id_length')
  const firsts = Array.from({ length: REGISTERS }, (_, i) => 2 ** i)
  const registers = Uint8Array.from(deriveChildren(initialKey, initialKeyId, firsts))
  return { initialKeyId: Uint8Array.from(initialKeyId), counter: 1, registers }
}

export const isExhausted = (state: DeviceState): boolean => state.counter === 0

export type NextKey = {
  readonly ksn: Uint8Array
  /** Derive working keys from it (dukpt-aes.ts), then wipe it. */
  readonly transactionKey: Uint8Array
  /** Put this on disk before the key is used; then wipe the registers of the state before. */
  readonly state: DeviceState
}

/** Takes the next key; the state that comes back has forgotten it. */
export function deviceNextKey({ initialKeyId, counter, registers }: DeviceState): NextKey {
  if (counter === 0) throw new DukptError('counter_exhausted')
  const size = registers.length / REGISTERS
  if (!isUsableCounter(counter)) throw new DukptError('unusable_counter')
  const current = lowestOne(counter)
  const transactionKey = Uint8Array.from(registers.subarray(current * size, (current + 1) * size))
  assert(
    transactionKey.some((byte) => byte !== 0),
    'the register is in use',
  )
  const after = Uint8Array.from(registers)
  after.fill(0, current * size, (current + 1) * size)
  if (current > 0 && countOnes(counter) < MOST_ONES) {
    const children = Array.from({ length: current }, (_, i) => counter + 2 ** i)
    after.set(deriveChildren(transactionKey, initialKeyId, children))
  }
  return {
    ksn: encodeKsn({ initialKeyId, counter }),
    transactionKey,
    state: { initialKeyId, counter: counterAfter(counter), registers: after },
  }
}

/** 0 where this was the last. */
function counterAfter(counter: number): number {
  try {
    return nextCounter(counter)
  } catch (error) {
    if (error instanceof DukptError && error.code === 'counter_exhausted') return 0
    throw error
  }
}
