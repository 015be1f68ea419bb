/** For tests: a proximity device's chip, as its phone hears it, honest or not. */
import { createHash } from 'node:crypto'
import { chipCode } from '@warifu/crypto/chip-code'
import { jcs } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { BeaconBody, BeaconStatement, PairDeviceBody } from '@warifu/protocol/beacon'
import type { Id } from '@warifu/protocol/ids'
import { type ChipProof, pairingBytes, paymentBytes } from '@warifu/protocol/proximity'
import type { VaultInput } from '@warifu/protocol/vault'
import { admitChip, type ChipInjection } from './chip-acts.ts'
import { thumbprintOf } from './public-key.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import { type Carried, must, type Person, signedRequest } from './rehearsal-person.ts'
import type { Scene } from './rehearsal-scene.ts'

export type TestChip = {
  readonly device: Id<'pxd'>
  readonly injection: ChipInjection
  readonly key: Uint8Array
  counter: number
}

export async function madeChip({
  world,
  stage,
}: Pick<Scene, 'world' | 'stage'>): Promise<TestChip> {
  const device = stage.newId('pxd')
  const injection = await admitChip(world, { device, carrier: 'obd_plug' })
  const kbpk = Uint8Array.from(Buffer.from(injection.kbpk, 'hex'))
  const { key } = unwrapKeyBlock({ kbpk, block: injection.blocks.txn, usages: ['B3'] })
  return { device, injection, key, counter: 0 }
}

function proofOf(chip: TestChip, use: 'txn' | 'pair', data: Uint8Array): ChipProof {
  chip.counter += 1
  const { counter, key } = chip
  const code = chipCode({ key, use, counter, data })
  return { counter, code: Buffer.from(code).toString('base64url') }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

export function pairingOf(
  chip: TestChip,
  person: Person,
  { card }: Carried,
  by: Person = person,
): VaultInput<'pair_chip'> {
  const thumbprint = Buffer.from(thumbprintOf(jwkOfPoint(person.signing.publicBytes)), 'base64url')
  const { terminal } = person
  const data = pairingBytes({ device: chip.device, terminal, thumbprint })
  const body: PairDeviceBody = {
    ...{ device: chip.device, name: '車', card },
    chip: proofOf(chip, 'pair', data),
  }
  return pairingBy(by, body)
}

export const pairingBy = (by: Person, body: object): VaultInput<'pair_chip'> => ({
  terminal: by.terminal,
  request: signedRequest(by, body, { path: '/v1/devices/proximity' }),
})

/** The victim's own chip, paired. */
export async function pairedChip(scene: Scene): Promise<TestChip> {
  const chip = await madeChip(scene)
  await must(scene.stage.dispatch, 'pair_chip', pairingOf(chip, scene.victim, scene.victims))
  return chip
}

export const contentOf = ({ stage, victims }: Scene): PaymentContent => ({
  approval: stage.newId('apr'),
  subject: { kind: 'payment', id: stage.newId('pay') },
  amount: 1200,
  currency: 'jpy',
  extent: 'exact',
  payee: { id: stage.newId('mer'), name: '花屋', store: stage.newId('str'), place: '京都' },
  order_digest: 'A'.repeat(43),
  card: victims.card,
  presentment: 'beacon',
  factors: ['terminal_signature', 'user_verification'],
  match_number: '42',
  mandate: null,
  deadline_at: '2027-01-05T00:02:00.000Z',
})

/** What the chip says to a content, as an honest phone asks it. */
export function codeFor(chip: TestChip, content: PaymentContent): ChipProof {
  const data = paymentBytes({
    payment: content.subject.id,
    amount: content.amount,
    currency: content.currency,
    payee: sha256(jcs(content.payee)),
    challenge: sha256(jcs(content)).subarray(0, 16),
  })
  return proofOf(chip, 'txn', data)
}

export function vouched(person: Person, statement: BeaconStatement): BeaconBody {
  const challenge = sha256(jcs(statement)).toString('base64url')
  return { kind: 'beacon', statement, assertion: assertionOf(person.passkey, challenge) }
}

export const confirming = (person: Person, body: BeaconBody): VaultInput<'verify_chip'> => ({
  terminal: person.terminal,
  request: signedRequest(person, body, {
    path: `/v1/payments/${body.statement.content.subject.id}/present`,
  }),
})

/** An honest confirmation by the victim, with this chip. */
export function confirmationOf(scene: Scene, chip: TestChip, content = contentOf(scene)) {
  const statement = { content, device: chip.device, chip: codeFor(chip, content) }
  return confirming(scene.victim, vouched(scene.victim, statement))
}
