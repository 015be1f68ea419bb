/**
 * Seals to a public key of the vault: HPKE base mode by `@hpke/core`, with the header and context
 * of protocol/sealed.ts. The key comes signed; a terminal takes it only from the vault that it
 * pinned when it enrolled. Browser-safe.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type PublicJwk, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { type VaultKey, vaultKeyClaim } from '@warifu/protocol/pins'
import { SUITE } from '@warifu/protocol/sealed'
import { callApi } from '@warifu/sdk/api-call'
import { type TerminalNeeds, update } from './asking.ts'
import { loadSuite } from './hpke-suite.ts'
import { TerminalError } from './terminal-error.ts'
import { digestOfJson, sha256 } from './terminal-keys.ts'

const LIFE_MS = 10 * 60 * 1000
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const

type Use = VaultKey['statement']['use']

/** The vault's key for a use, by the vault that this terminal knows. */
export async function vaultKeyFor(needs: TerminalNeeds, use: Use): Promise<VaultKey> {
  const published = await callApi(needs, 'getVaultKey', { params: { use } })
  const { statement, signing_key } = published
  const { vault_key: pinned } = await needs.store.load()
  if (pinned !== null && !isSame(pinned, signing_key))
    throw new TerminalError('vault_key_invalid', 'This is not the vault that this phone knows.')
  if (statement.use !== use || !(await isVouchedFor(published)))
    throw new TerminalError('vault_key_invalid', 'The vault’s key is not signed by the vault.')
  if (pinned === null) await update(needs, (state) => ({ ...state, vault_key: signing_key }))
  return published
}

const isSame = (a: PublicJwk, b: PublicJwk): boolean => a.x === b.x && a.y === b.y

async function isVouchedFor({ statement, signature, signing_key }: VaultKey): Promise<boolean> {
  const { subtle } = crypto
  const key = await subtle.importKey('jwk', signing_key, ECDSA, false, ['verify'])
  const claim = jcsBytes(vaultKeyClaim(statement))
  const how = { name: 'ECDSA', hash: 'SHA-256' }
  return subtle.verify(how, key, fromBase64url(signature), claim)
}

type Letter<P extends string> = {
  readonly use: Use
  readonly purpose: P
  readonly context: object
  readonly plain: object
  /** Every plaintext of a purpose has one length. */
  readonly plainBytes: number
}

export async function sealToVault<P extends string>(
  needs: TerminalNeeds,
  { use, purpose, context, plain, plainBytes }: Letter<P>,
) {
  const { kid, key } = (await vaultKeyFor(needs, use)).statement
  const nowMs = needs.nowMs()
  const times = {
    created: new Date(nowMs).toISOString(),
    exp: new Date(nowMs + LIFE_MS).toISOString(),
  }
  const header = { v: 1, suite: SUITE, purpose, kid, recipient: kid, ...times } as const
  const suite = await loadSuite()
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(Uint8Array.from(pointOfJwk(key))),
    info: envelopeInfo(purpose, await sha256(jcsBytes(header))),
  })
  const ct = await sender.seal(pad(jcsBytes(plain), plainBytes), envelopeAad(header, context))
  const enc = toBase64url(new Uint8Array(sender.enc))
  const message = { header, enc, ct: toBase64url(new Uint8Array(ct)) }
  return { message, digest: await digestOfJson(message) }
}
