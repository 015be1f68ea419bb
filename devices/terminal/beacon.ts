/**
 * The phone of a proximity device: pairs with it by the secret on its label, and has its chip make
 * the code with which a payment is confirmed. Browser-safe.
 */
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { isPayment, type PaymentContent } from '@warifu/protocol/approval-content'
import type { BeaconStatement } from '@warifu/protocol/beacon'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import {
  type ChipProof,
  type ChipRequest,
  type DeviceLabel,
  LINK_LABEL,
  type LinkAnswer,
  PAIR_EXPORT,
  PAIRING_BYTES,
  type PairingHeader,
} from '@warifu/protocol/proximity'
import { SUITE } from '@warifu/protocol/sealed'
import { claimOf, type Question } from './answering.ts'
import { read, type TerminalNeeds, write } from './asking.ts'
import type { ChipLink } from './chip-link.ts'
import { loadSuite } from './hpke-suite.ts'
import { vouch } from './joining.ts'
import type { Presented } from './paying.ts'
import { TerminalError } from './terminal-error.ts'
import { hmac, publicJwkOf, sha256, sign } from './terminal-keys.ts'
import { speakerOf } from './terminal-state.ts'

export type CarriedDevice = Reply<'listDevices'>['data'][number]

const utf8 = new TextEncoder()

export const carriedDevices = async (needs: TerminalNeeds): Promise<readonly CarriedDevice[]> =>
  (await read(needs, 'listDevices', {})).data

export type Pairing = {
  readonly label: DeviceLabel
  readonly name: string
  readonly card: Id<'crd'>
}

/** Pairs with the device on this link, then with the platform: its chip vouches for it. */
export async function pairDevice(
  needs: TerminalNeeds,
  link: ChipLink,
  { label, name, card }: Pairing,
): Promise<CarriedDevice> {
  const hello = await link.ask({ kind: 'hello' })
  if (hello.kind !== 'hello') throw otherThan(hello)
  if (hello.pairing_key === null)
    throw new TerminalError('device_paired', 'It has a phone already: hold its button down first.')
  const { request, proof } = await sealPairing(needs, label, hello.pairing_key)
  const said = await link.ask(request)
  if (said.kind !== 'paired') throw otherThan(said)
  if (said.proof !== proof)
    throw new TerminalError('label_wrong', 'This is not the device that the label belongs to.')
  const body = { device: label.device, name, card, chip: said.chip }
  return write(needs, 'pairProximityDevice', { body })
}

/** HPKE in PSK mode (RFC 9180 §5.1.2): whoever has not read the label cannot open or answer. */
async function sealPairing(needs: TerminalNeeds, label: DeviceLabel, pairingKey: string) {
  const { terminal, keys } = speakerOf(await needs.store.load())
  const point = fromBase64url(pairingKey)
  const recipient = toBase64url(await sha256(point))
  const header: PairingHeader = { v: 1, suite: SUITE, purpose: 'chip-pair', recipient }
  const suite = await loadSuite()
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(point),
    info: envelopeInfo('chip-pair', await sha256(jcsBytes(header))),
    psk: { id: utf8.encode(label.device), key: fromBase64url(label.secret) },
  })
  const signing_key = await publicJwkOf(keys.signing.publicKey)
  const plain = pad(jcsBytes({ terminal, signing_key }), PAIRING_BYTES)
  const ct = await sender.seal(plain, envelopeAad(header, { device: label.device }))
  const key = new Uint8Array(await sender.export(utf8.encode(PAIR_EXPORT), 32))
  const request = {
    kind: 'pair',
    header,
    enc: toBase64url(new Uint8Array(sender.enc)),
    ct: toBase64url(new Uint8Array(ct)),
  } as const
  return { request, proof: toBase64url(await hmac(key, utf8.encode('paired'))) }
}

async function signForChip(needs: TerminalNeeds, request: object): Promise<string> {
  const { keys } = speakerOf(await needs.store.load())
  const body = jcsBytes(request)
  const bytes = new Uint8Array(LINK_LABEL.length + body.length)
  bytes.set(utf8.encode(LINK_LABEL))
  bytes.set(body, LINK_LABEL.length)
  return toBase64url(await sign(keys.signing, bytes))
}

/** What the chip is asked: this payment, and half of the digest of everything that is shown. */
export async function chipRequestOf(
  content: PaymentContent,
  device: Id<'pxd'>,
): Promise<ChipRequest> {
  const digest = await sha256(jcsBytes(content))
  return {
    device,
    payment: content.subject.id,
    amount: content.amount,
    currency: content.currency,
    payee_digest: toBase64url(await sha256(jcsBytes(content.payee))),
    challenge: toBase64url(digest.subarray(0, 16)),
  }
}

/** The code that this device's chip makes for this content. */
export async function chipCodeFor(
  needs: TerminalNeeds,
  link: ChipLink,
  { content, device }: Pick<BeaconStatement, 'content' | 'device'>,
): Promise<ChipProof> {
  const request = await chipRequestOf(content, device)
  const signature = await signForChip(needs, request)
  const said = await link.ask({ kind: 'authenticate', request, signature })
  if (said.kind !== 'code') throw otherThan(said)
  return said.chip
}

export type Confirming = {
  readonly device: Id<'pxd'>
  /** As the till shows it. */
  readonly number: string
  readonly verifyUser: boolean
}

/** Confirms a payment that a till asked for by a device's broadcast. */
export async function confirmByDevice(
  needs: TerminalNeeds,
  link: ChipLink,
  question: Question,
  { device, number, verifyUser }: Confirming,
): Promise<Presented> {
  const { content, payment } = await claimOf(question, number)
  const chip = await chipCodeFor(needs, link, { content, device })
  const statement: BeaconStatement = { content, device, chip }
  const assertion = verifyUser ? { assertion: await vouch(needs, jcsBytes(statement)) } : {}
  const body = { kind: 'beacon', statement, ...assertion } as const
  return write(needs, 'presentCard', { params: { id: payment }, body })
}

/** Tells the platform why nothing is confirmed: the device does not answer. */
export async function tellUnreached(needs: TerminalNeeds, { content }: Question): Promise<void> {
  if (!isPayment(content)) return
  const body = { kind: 'beacon', unreached: true } as const
  await write(needs, 'presentCard', { params: { id: content.subject.id }, body })
}

export const linkCard = (
  needs: TerminalNeeds,
  device: Id<'pxd'>,
  card: Id<'crd'>,
): Promise<CarriedDevice> => write(needs, 'linkDevice', { params: { id: device }, body: { card } })

/** From now on the platform knows it no more. */
export const removeDevice = (
  needs: TerminalNeeds,
  device: CarriedDevice['id'],
): Promise<CarriedDevice> => write(needs, 'removeDevice', { params: { id: device } })

/** The device on this link forgets its phone, so that another one may pair with it. */
export async function forgetDevice(
  needs: TerminalNeeds,
  link: ChipLink,
  device: Id<'pxd'>,
): Promise<void> {
  const { terminal: forget } = speakerOf(await needs.store.load())
  const request = { device, forget }
  await link.ask({ kind: 'forget', request, signature: await signForChip(needs, request) })
}

function otherThan(said: LinkAnswer): TerminalError {
  const code = said.kind === 'refused' ? said.code : 'malformed'
  if (code === 'pairing_invalid')
    return new TerminalError('label_wrong', 'This is not the device that the label belongs to.')
  if (code === 'paired_already')
    return new TerminalError('device_paired', 'It has a phone already: hold its button first.')
  return new TerminalError('device_refused', `The device refused (${code}).`)
}
