/** For tests: a person’s terminal seals a PIN to the vault’s key, and signs what it asks for. */
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import type { Id } from '@warifu/protocol/ids'
import {
  PIN_PLAIN_BYTES,
  type PinHeader,
  type PinStatement,
  type SealedPin,
  type SetPinBody,
  type UnblockPinBody,
  type UnblockStatement,
} from '@warifu/protocol/pins'
import { SUITE } from '@warifu/protocol/sealed'
import type { VaultInput } from '@warifu/protocol/vault'
import { type PublicJwk, thumbprintOf } from './public-key.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import {
  digestOf,
  must,
  NOW,
  type Person,
  randomText,
  sha256,
  signedRequest,
} from './rehearsal-person.ts'

const SOON = '2027-01-05T00:10:00.000Z'

type PinSealing = {
  readonly card: Id<'crd'>
  readonly pin: string
  /** What differs from an honest one. */
  readonly key?: PublicJwk
  readonly inside?: Id<'crd'>
  readonly exp?: string
}

export async function sealPin(person: Person, own: PinSealing): Promise<SealedPin> {
  const { stage, terminal } = person
  const key = own.key ?? (await must(stage.dispatch, 'vault_key', { use: 'pin' })).statement.key
  const kid = thumbprintOf(key)
  const times = { created: NOW, exp: own.exp ?? SOON }
  const header: PinHeader = {
    v: 1,
    suite: SUITE,
    purpose: 'pin-set',
    kid,
    recipient: kid,
    ...times,
  }
  const { enc, context } = setupBaseS({
    recipientPublic: pointOfJwk(key),
    info: envelopeInfo('pin-set', sha256(jcsBytes(header))),
    ephemeral: stage.chance.keyPair(),
  })
  const { card, pin, inside = card } = own
  const plain = jcsBytes({ pin, card: inside, nonce: randomText(stage, 16) })
  const aad = envelopeAad(header, { card, terminal })
  const ct = context.seal(aad, pad(plain, PIN_PLAIN_BYTES))
  return { header, enc: toBase64url(enc), ct: toBase64url(ct) }
}

type Doing = { readonly voucher?: Person; readonly signer?: Person; readonly path?: string }

/** A request to set a PIN, as the wallet makes it, or with one thing wrong. */
export function settingOf(
  person: Person,
  { card, sealed }: { readonly card: Id<'crd'>; readonly sealed: SealedPin },
  { voucher = person, signer = person, path = `/v1/cards/${card}/pin` }: Doing = {},
): VaultInput<'set_pin'> {
  const { terminal } = person
  const sealed_digest = digestOf(jcs(sealed))
  const statement: PinStatement = { act: 'set_pin', card, terminal, sealed_digest }
  const assertion = assertionOf(voucher.passkey, digestOf(jcs(statement)))
  const body: SetPinBody = { statement, sealed, assertion }
  return { terminal, request: signedRequest(signer, body, { path }), now: NOW }
}

export function unblockingOf(
  person: Person,
  { card, verification, code }: Omit<UnblockStatement, 'act' | 'terminal'> & { code: string },
  { voucher = person, signer = person }: Doing = {},
): VaultInput<'unblock_pin'> {
  const { terminal } = person
  const statement: UnblockStatement = { act: 'unblock_pin', card, terminal, verification }
  const assertion = assertionOf(voucher.passkey, digestOf(jcs(statement)))
  const body: UnblockPinBody = { statement, code, assertion }
  const path = `/v1/cards/${card}/pin/unblock`
  return { terminal, request: signedRequest(signer, body, { path }), now: NOW }
}

export async function choosePin(person: Person, card: Id<'crd'>, pin: string) {
  const sealed = await sealPin(person, { card, pin })
  return settingOf(person, { card, sealed })
}
