/**
 * The reader's door, for whoever makes one or puts a card into one. It runs as a process of its own
 * (main.ts); what is read and keyed there is not to be had here.
 */
import { join } from 'node:path'
import type { PublicJwk } from '@warifu/crypto/jwk-thumbprint'
import { makeDevice } from '@warifu/devices/entry-device'
import type { Id } from '@warifu/protocol/ids'
import { writeSettings } from './settings.ts'

export { type SlotUser, useCard } from './card-slot.ts'

/** The two files of a reader in a folder. */
export const readerFiles = (folder: string) => ({
  memoryFile: join(folder, 'key-memory'),
  settingsFile: join(folder, 'settings.json'),
})

type Making = {
  readonly reader: Id<'rdr'>
  /** X9.143, 32 bytes; not wiped: the caller hands it on. */
  readonly kbpk: Uint8Array
  /** The host's key for offers, pinned for good. */
  readonly host_key: PublicJwk
}

/** Makes a reader without keys: it is brought its key block afterwards, at its panel. */
export function makeReader(folder: string, { reader, kbpk, host_key }: Making): void {
  const { memoryFile, settingsFile } = readerFiles(folder)
  const { kty, crv, x, y } = host_key
  makeDevice(memoryFile, { device: reader, kbpk })
  writeSettings(settingsFile, { host_key: { kty, crv, x, y }, pairing: null })
}
