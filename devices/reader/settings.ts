/**
 * What a reader knows besides its keys: the host's key for offers, pinned when it was made, and
 * the one pairing with a wallet. Nothing of it is secret: of the pairing's token only the digest is
 * kept.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { nameFile } from '@warifu/devices/flash'
import { closed, digest, nullable, publicJwk } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'

const settings = closed({
  host_key: publicJwk,
  pairing: nullable(closed({ origin: Type.String({ maxLength: 200 }), token_digest: digest })),
})
export type Settings = Static<typeof settings>
export type Pairing = NonNullable<Settings['pairing']>

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

export function readSettings(path: string): Settings {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!Check(settings, value)) throw new SettingsError(`${path} is no reader’s settings.`)
  return value
}

/** Whole or not at all. */
export function writeSettings(path: string, value: Settings): void {
  const aside = `${path}.new`
  writeFileSync(aside, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  nameFile(aside, path)
}
