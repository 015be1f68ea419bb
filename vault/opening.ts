/**
 * Opens the root key: in its file, with the passphrase in another, or in an HSM with the PIN in a
 * file. All of them are closed to others, or it refuses.
 */
import { readFile } from 'node:fs/promises'
import { Secret } from '@warifu/crypto/secret'
import type { RootPlace } from './config.ts'
import { ConfigError } from './config-error.ts'
import { assertPrivate, openFileKeyStore } from './file-key-store.ts'
import type { Chance } from './given.ts'
import { openHsmKeyStore } from './hsm-key-store.ts'
import type { KeyStore } from './key-store.ts'

const SHORTEST_PASSPHRASE = 12

export async function openKeyStore(
  config: RootPlace,
  { mayCreate, chance }: { readonly mayCreate: boolean; readonly chance: Chance },
): Promise<KeyStore> {
  if ('hsm' in config) return await openHsmKeyStore(config.hsm, { mayCreate })
  await assertPrivate(config.passphraseFile, 'passphrase file')
  const text = await readFile(config.passphraseFile)
  using passphrase = new Secret(text.subarray(0, text.toString('latin1').trimEnd().length))
  if (passphrase.use((bytes) => bytes.length < SHORTEST_PASSPHRASE))
    throw new ConfigError(`The passphrase has fewer than ${SHORTEST_PASSPHRASE} characters.`)
  return await openFileKeyStore({ path: config.masterKeyFile, passphrase, chance, mayCreate })
}
