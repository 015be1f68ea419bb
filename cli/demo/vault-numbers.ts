/**
 * The demo's one privilege: it holds the sandbox's master key file and passphrase, and so, like
 * the vault and nobody else, it can open the vault's database. It uses the numbers to search for
 * them everywhere else, and never prints one.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sandbox } from '@warifu/cli/sandbox'
import { Secret } from '@warifu/crypto/secret'
import { openStoredCard, readStoredCards } from '@warifu/vault/cards'
import { openFileKeyStore } from '@warifu/vault/file-key-store'
import { openHierarchy } from '@warifu/vault/hierarchy'
import { openStore } from '@warifu/vault/store'

const nothingNew = (): never => {
  throw new Error('nothing is made here, only opened')
}

/** The numbers of these cards. */
export async function openNumbers(
  { home, vaultDatabase }: Pick<Sandbox, 'home' | 'vaultDatabase'>,
  cards: readonly string[],
): Promise<string[]> {
  const secret = (name: string) => join(home, 'secrets', name)
  using passphrase = new Secret(await readFile(secret('vault.passphrase')))
  const path = secret('vault.master-key')
  const chance = { bytes: nothingNew, keyPair: nothingNew }
  const keyStore = await openFileKeyStore({
    path,
    passphrase,
    chance,
    mayCreate: false,
  })
  const sql = openStore({ url: vaultDatabase.url, connections: 1 })
  try {
    const hierarchy = await openHierarchy({ sql, keyStore, chance, nowMs: nothingNew })
    const rows = await readStoredCards(sql, cards)
    return [...rows.values()].map((row) => openStoredCard({ hierarchy, row }).pan)
  } finally {
    await sql.end()
  }
}
