/** Opens the root key with the passphrase in its file; both are closed to others, or it refuses. */
import { readFile } from 'node:fs/promises'
import { Secret } from '@warifu/crypto/secret'
import type { Keeping } from './config.ts'
import { ConfigError } from './config-error.ts'
import { assertPrivate, openFileKeyStore } from './file-key-store.ts'
import type { Chance } from './given.ts'
import type { KeyStore } from './key-store.ts'

const SHORTEST_PASSPHRASE = 12

export async function openKeyStore(
  config: Keeping,
  { mayCreate, chance }: { readonly mayCreate: boolean; readonly chance: Chance },
): Promise<KeyStore> {
  await assertPrivate(config.passphraseFile, 'passphrase file')
  const text = await readFile(config.passphraseFile)
  using passphrase = new Secret(text.subarray(0, text.toString('latin1').trimEnd().length))
  if (passphrase.use((bytes) => bytes.length < SHORTEST_PASSPHRASE))
    throw new ConfigError(`The passphrase has fewer than ${SHORTEST_PASSPHRASE} characters.`)
  return await openFileKeyStore({ path: config.masterKeyFile, passphrase, chance, mayCreate })
}
