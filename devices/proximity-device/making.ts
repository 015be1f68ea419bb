/**
 * Making a proximity device: its memory with a key block protection key of its own, then its
 * secrets as key blocks (X9.143) that only it can open.
 *
 * SIMULATOR of a factory: with hardware the protection key is put in by two people in a secure
 * room. Here it comes with the operator's act that admits the chip to the vault.
 */
import { nameFile, openDisk, openRecords, writeFirst } from '@warifu/devices/flash'
import type { Carrier } from '@warifu/protocol/device-objects'
import type { Id } from '@warifu/protocol/ids'
import { chipFormat } from './chip-memory.ts'
import { type KeyBlocks, loadKeys } from './key-loading.ts'

export type Injection = {
  readonly device: Id<'pxd'>
  readonly carrier: Carrier
  readonly kbpk: Uint8Array
  readonly blocks: KeyBlocks
}

/** The file is whole or not there. False: the blocks are not for this chip. */
export function makeProximityDevice(
  path: string,
  { device, carrier, kbpk, blocks }: Injection,
): boolean {
  const aside = `${path}.new`
  const disk = openDisk(aside, 'w+')
  const blank = { device, carrier, kbpk, secrets: null, counter: 0, phone: null, last: null }
  writeFirst(disk, chipFormat, blank)
  const loaded = loadKeys(blank, blocks)
  if (loaded !== undefined) openRecords(disk, chipFormat).erase(loaded)
  disk.close()
  if (loaded !== undefined) nameFile(aside, path)
  return loaded !== undefined
}
