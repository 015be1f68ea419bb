/**
 * The bureau's own two keys (P-256): jobs are sealed to one, requests are signed by the other. Made
 * at its first start, kept in a file that only its user can read; the public halves stand in a
 * second file, which an operator takes to the vault and to the server.
 */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type PublicJwk, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import type { Id } from '@warifu/protocol/ids'
import { type BureauKeys, bureauKeys } from '@warifu/protocol/plastic'
import { Check } from 'typebox/value'

export type OwnKeys = {
  readonly bureau: Id<'bur'>
  readonly sealing: { readonly privateKey: KeyObject; readonly publicBytes: Uint8Array }
  readonly signing: KeyObject
  readonly open: BureauKeys
}

export class BureauError extends Error {
  override readonly name = 'BureauError'
}

const publicOf = (key: KeyObject): PublicJwk => {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y }
}

function keysOf(bureau: Id<'bur'>, sealing: KeyObject, signing: KeyObject): OwnKeys {
  const open = { bureau, sealing_key: publicOf(sealing), signing_key: publicOf(signing) }
  const publicBytes = pointOfJwk(open.sealing_key)
  return { bureau, sealing: { privateKey: sealing, publicBytes }, signing, open }
}

type Fresh = {
  readonly bureau: Id<'bur'>
  readonly sealing: KeyObject
  readonly signing: KeyObject
}

/** The text of the file that keeps new keys. */
export function keepKeys({ bureau, sealing, signing }: Fresh): string {
  const jwk = (key: KeyObject) => key.export({ format: 'jwk' })
  const kept = { bureau, sealing: jwk(sealing), signing: jwk(signing) }
  return `${JSON.stringify(kept, null, 2)}\n`
}

export function readKeys(text: string): OwnKeys {
  const kept: { bureau?: Id<'bur'>; sealing?: JsonWebKey; signing?: JsonWebKey } = JSON.parse(text)
  const { bureau, sealing, signing } = kept
  if (bureau === undefined || sealing === undefined || signing === undefined)
    throw new BureauError('The key file of the bureau is damaged.')
  const load = (key: JsonWebKey) => createPrivateKey({ key, format: 'jwk' })
  const keys = keysOf(bureau, load(sealing), load(signing))
  if (!Check(bureauKeys, keys.open)) throw new BureauError('The bureau’s keys are not of P-256.')
  return keys
}
