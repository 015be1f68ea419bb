/** For tests: a bureau with its own key, orders that a person signs, and what is read of one. */
import { toBase64url } from '@warifu/crypto/base64url'
import { encode, type Tlv } from '@warifu/crypto/ber-tlv'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseR, setupBaseS } from '@warifu/crypto/hpke'
import { pad, unpad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint, pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import type { Id } from '@warifu/protocol/ids'
import {
  type ActivatePlasticBody,
  type ActivationStatement,
  type OrderPlasticBody,
  type OrderStatement,
  type PlasticJob,
  type PlasticPage,
  type PlasticRead,
  READ_BYTES,
  type SealedJob,
  type SealedRead,
} from '@warifu/protocol/plastic'
import { SUITE } from '@warifu/protocol/sealed'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { admitBureau } from './admit-bureau.ts'
import type { KeyPair } from './given.ts'
import { thumbprintOf } from './public-key.ts'
import { cryptogramOf } from './rehearsal-device.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import {
  digestOf,
  must,
  NOW,
  openMessage,
  type Person,
  type Stage,
  sha256,
  signedRequest,
} from './rehearsal-person.ts'
import type { World } from './world.ts'

export type Bureau = { readonly id: Id<'bur'>; readonly keys: KeyPair }

export async function foundBureau(stage: Stage, world: World): Promise<Bureau> {
  const keys = stage.chance.keyPair()
  const id = stage.newId('bur')
  const sealing_key = jwkOfPoint(keys.publicBytes)
  const signing_key = jwkOfPoint(stage.chance.keyPair().publicBytes)
  await admitBureau(world, { bureau: id, sealing_key, signing_key })
  return { id, keys }
}

/** What a bureau finds in a job that was sealed to it. */
export function openJob({ keys }: Bureau, { header, enc, ct }: SealedJob, plastic: string) {
  const hpke = setupBaseR({
    enc: Buffer.from(enc, 'base64url'),
    recipient: keys,
    info: envelopeInfo(header.purpose, sha256(jcsBytes(header))),
  })
  const plain = hpke.open(envelopeAad(header, { plastic }), Buffer.from(ct, 'base64url'))
  return JSON.parse(Buffer.from(unpad(plain)).toString('utf8')) as PlasticJob
}

type Doing = { readonly voucher?: Person; readonly signer?: Person }

export function orderOf(
  person: Person,
  { card, bureau, plastic }: { card: Id<'crd'>; bureau: Id<'bur'>; plastic: Id<'pls'> },
  { voucher = person, signer = person }: Doing = {},
): VaultInput<'make_plastic'> {
  const { terminal } = person
  const ship_to = { name: '森 愛子', lines: ['京都市中京区 1-2-3'], country: 'JP' }
  const statement: OrderStatement = {
    act: 'order_plastic',
    card,
    terminal,
    name: 'AIKO MORI',
    ship_to,
  }
  const assertion = assertionOf(voucher.passkey, digestOf(jcs(statement)))
  const body: OrderPlasticBody = { statement, assertion }
  const request = signedRequest(signer, body, { path: `/v1/cards/${card}/plastic` })
  return { plastic, bureau, terminal, request, now: NOW }
}

export type Letter = { readonly plastic: Id<'pls'>; readonly job: PlasticJob }

export async function orderPlastic(
  person: Person,
  bureau: Bureau,
  card: Id<'crd'>,
): Promise<Letter> {
  const plastic = person.stage.newId('pls')
  const order = orderOf(person, { card, bureau: bureau.id, plastic })
  const { sealed } = await must(person.stage.dispatch, 'make_plastic', order)
  return { plastic, job: openJob(bureau, sealed, plastic) }
}

/** Opens the verification page as the terminal does. */
export function readPage(
  person: Person,
  { plastic, sealed }: VaultOutput<'open_plastic_page'>,
): PlasticPage {
  const context = { plastic, terminal: sealed.header.recipient }
  const { plaintext } = openMessage(person, sealed, context)
  return JSON.parse(Buffer.from(unpad(plaintext)).toString('utf8')) as PlasticPage
}

export async function pageFor(person: Person, plastic: Id<'pls'>, now = NOW): Promise<PlasticPage> {
  const { terminal, stage } = person
  return readPage(
    person,
    await must(stage.dispatch, 'open_plastic_page', { plastic, terminal, now }),
  )
}

export const keyedOf = ({ expiry, security_code }: PlasticJob): PlasticRead => ({
  kind: 'keyed',
  expiry,
  security_code,
})

/** What the chip answers a reader that was given the page's nonce. */
export function chipOf(job: PlasticJob, nonce: string, atc = 1): PlasticRead {
  const challenge = Buffer.from(nonce, 'base64url').subarray(0, 4)
  const objects: Tlv[] = [
    { tag: 0x5a, value: Buffer.from(job.pan, 'hex') },
    ...cryptogramOf(job, {
      atc,
      amount: 0,
      unpredictable: challenge.toString('hex'),
      sequence: job.pan_sequence,
    }),
  ]
  return { kind: 'chip', objects: Buffer.from(encode(objects)).toString('hex').toUpperCase() }
}

type Activating = {
  readonly page: PlasticPage
  readonly read: PlasticRead
  readonly result?: ActivationStatement['result']
  readonly inside?: string
}

export async function activationOf(
  person: Person,
  { page, read, result = 'not_compared', inside = page.nonce }: Activating,
  { signer = person }: Doing = {},
): Promise<VaultInput<'activate_plastic'>> {
  const { stage, terminal } = person
  const { plastic, card, nonce } = page
  const { statement: published } = await must(stage.dispatch, 'vault_key', { use: 'plastic' })
  const kid = thumbprintOf(published.key)
  const times = { created: NOW, exp: '2027-01-05T00:10:00.000Z' }
  const names = { purpose: 'plastic-read', kid, recipient: kid } as const
  const header: SealedRead['header'] = { v: 1, suite: SUITE, ...names, ...times }
  const { enc, context } = setupBaseS({
    recipientPublic: pointOfJwk(published.key),
    info: envelopeInfo(header.purpose, sha256(jcsBytes(header))),
    ephemeral: stage.chance.keyPair(),
  })
  const plain = pad(jcsBytes({ nonce: inside, read }), READ_BYTES)
  const ct = context.seal(envelopeAad(header, { plastic, terminal }), plain)
  const statement: ActivationStatement = {
    act: 'activate_plastic',
    plastic,
    card,
    terminal,
    nonce,
    result,
  }
  const body: ActivatePlasticBody = {
    statement,
    read: { header, enc: toBase64url(enc), ct: toBase64url(ct) },
  }
  const request = signedRequest(signer, body, { path: `/v1/plastics/${plastic}/activate` })
  return { terminal, request, now: NOW }
}
