/**
 * Making a device: its key memory with a key block protection key (KBPK) of its own, X9.143.
 *
 * SIMULATOR of a key-loading ceremony: with hardware the KBPK is put in by two people in a secure
 * room. Here it is drawn by whoever calls, and handed to the vault by an operator's act.
 */
import { nameFile, openDisk } from '@warifu/devices/flash'
import { type Id, isId } from '@warifu/protocol/ids'
import type { KeyedPrefix } from './key-memory.ts'
import { writeFirst } from './memory-file.ts'

export const KBPK_BYTES = 32

const prefixOf = (device: Id<KeyedPrefix>): KeyedPrefix => (isId('rdr', device) ? 'rdr' : 'edv')

/** The file is whole or not there. The key is not wiped: the caller hands it on. */
export function makeDevice(
  path: string,
  { device, kbpk }: { readonly device: Id<KeyedPrefix>; readonly kbpk: Uint8Array },
): void {
  if (kbpk.length !== KBPK_BYTES) throw new RangeError(`kbpk: ${KBPK_BYTES} bytes`)
  const aside = `${path}.new`
  const disk = openDisk(aside, 'w+')
  const memory = { device, kbpk, keys: null, loaded: [], isTampered: false }
  writeFirst<KeyedPrefix>(disk, memory, prefixOf(device))
  disk.close()
  nameFile(aside, path)
}
