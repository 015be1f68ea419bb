/**
 * Proximity devices: which chip belongs to which terminal, and whether a code is the chip's own.
 *
 *   terminal admitted → signature over the request (RFC 9421) → its body → the passkey
 *   → this terminal's chip → its code, in constant time → its counter
 *
 * A code counts once: the counter moves only after the code was found right; the same code over
 * the same data again has the same answer.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { type BeaconBody, beaconBody, pairDeviceBody } from '@warifu/protocol/beacon'
import type { Carrier } from '@warifu/protocol/device-objects'
import { type ChipProof, pairingBytes, paymentBytes } from '@warifu/protocol/proximity'
import type { KeyName, VaultInput } from '@warifu/protocol/vault'
import { EPOCH_PAGE } from '@warifu/protocol/vault-chips'
import { Compile } from 'typebox/compile'
import { openEpochs } from './chip-keys.ts'
import { readSenders, type Sender } from './senders.ts'
import { asBytes, type Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Call = VaultInput<'pair_chip'>
const pairShape = Compile(pairDeviceBody)
const beaconShape = Compile(beaconBody)
const pairPath = /^\/v1\/devices\/proximity$/
const presentPath = /^\/v1\/payments\/(pay_[0-9A-HJKMNP-TV-Z]{26})\/present$/

/** The payment that a confirmation is about, for the audit's reference. */
export const confirmedPayment = ({ request }: Call): string | undefined =>
  presentPath.exec(request.path)?.[1]

type Sent = { readonly sender: Sender; readonly body: unknown }
type NotSent = 'terminal_unknown' | 'terminal_not_admitted' | 'signature_invalid'

/** Nothing of the body is parsed before its signature stands. */
function verifySender(
  { verifyRequest }: World,
  { request }: Call,
  sender: Sender | undefined,
  path: RegExp,
): Sent | NotSent {
  if (sender === undefined) return 'terminal_unknown'
  if (sender.state !== 'admitted') return 'terminal_not_admitted'
  const isMeant = request.method === 'POST' && request.query === '' && path.test(request.path)
  const body = isMeant ? verifyRequest(request, sender) : undefined
  return body === undefined ? 'signature_invalid' : { sender, body: parseJson(body) }
}

type Chip = {
  readonly carrier: Carrier
  readonly state: 'made' | 'paired'
  readonly terminal: string | null
  readonly cardholder: string | null
  readonly counter: string
  readonly last_digest: Uint8Array | null
}

async function lockChip(sql: Sql, device: string): Promise<Chip | undefined> {
  const [chip] = await sql<Chip[]>`
    select carrier, state, terminal, cardholder, counter, last_digest
    from chips.chip where device = ${device} for update`
  return chip
}

type Counting = {
  readonly device: string
  readonly chip: Chip
  readonly proof: ChipProof
  readonly use: 'txn' | 'pair'
  readonly data: Uint8Array
}

/** The chip's own code, and new: then it is counted. */
async function countCode(
  { chipKeys }: World,
  sql: Sql,
  { device, chip, proof, use, data }: Counting,
): Promise<KeyName | 'chip_code_invalid' | 'chip_replayed'> {
  const { counter } = proof
  const shown = readBase64url(proof.code)
  const { code, name } = chipKeys.code(device, { use, counter, data })
  if (shown?.length !== code.length || !timingSafeEqual(shown, code)) return 'chip_code_invalid'
  const digest = sha256(Buffer.concat([Buffer.from(use), data]))
  const last = Number(chip.counter)
  const isSame =
    counter === last && chip.last_digest !== null && digest.equals(asBytes(chip.last_digest))
  if (isSame) return name
  if (counter <= last) return 'chip_replayed'
  await sql`
    update chips.chip set counter = ${counter}, last_digest = ${digest} where device = ${device}`
  return name
}

export async function pairChips(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'pair_chip'>[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const answers: Answer<'pair_chip'>[] = []
  for (const call of calls) answers.push(await pair(world, sql, call, senders.get(call.terminal)))
  return answers
}

async function pair(
  world: World,
  sql: Sql,
  call: Call,
  by: Sender | undefined,
): Promise<Answer<'pair_chip'>> {
  const sent = verifySender(world, call, by, pairPath)
  if (typeof sent === 'string') return no(sent)
  const { sender, body } = sent
  if (!pairShape.Check(body)) return no('statement_invalid')
  const { device, card, chip: proof } = body
  if (!sender.cards.has(card)) return no('card_unknown')
  const chip = await lockChip(sql, device)
  if (chip === undefined) return no('chip_unknown')
  const { cardholder } = sender
  if (chip.cardholder !== null && chip.cardholder !== cardholder) return no('chip_paired')
  const thumbprint = Buffer.from(sender.signing_thumbprint, 'base64url')
  const data = pairingBytes({ device, terminal: call.terminal, thumbprint })
  const counted = await countCode(world, sql, { device, chip, proof, use: 'pair', data })
  if (typeof counted === 'string') return no(counted)
  await sql`
    update chips.chip set state = 'paired', terminal = ${call.terminal}, cardholder = ${cardholder}
    where device = ${device}`
  const codes = openEpochs(world.nowMs()).map((epoch) => ({
    epoch,
    code: base64url(world.chipKeys.broadcast(device, epoch)),
  }))
  return yes({ device, carrier: chip.carrier, cardholder, card, codes })
}

export async function verifyChips(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'verify_chip'>[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const answers: Answer<'verify_chip'>[] = []
  for (const call of calls) answers.push(await verify(world, sql, call, senders.get(call.terminal)))
  return answers
}

async function verify(
  world: World,
  sql: Sql,
  call: Call,
  by: Sender | undefined,
): Promise<Answer<'verify_chip'>> {
  const sent = verifySender(world, call, by, presentPath)
  if (typeof sent === 'string') return no(sent)
  const { sender, body } = sent
  if (!beaconShape.Check(body) || !isAbout(call, body)) return no('statement_invalid')
  const { statement, assertion } = body
  if (assertion !== undefined && !isVouched(world, sender, { statement, assertion }))
    return no('assertion_invalid')
  const { content, device, chip: proof } = statement
  if (content.card === 'own_card' || !sender.cards.has(content.card)) return no('card_unknown')
  const chip = await lockChip(sql, device)
  if (chip?.state !== 'paired' || chip.terminal !== call.terminal) return no('chip_unknown')
  const digest = sha256(jcs(content))
  const data = paymentBytes({
    payment: content.subject.id,
    amount: content.amount,
    currency: content.currency,
    payee: sha256(jcs(content.payee)),
    challenge: digest.subarray(0, 16),
  })
  const counted = await countCode(world, sql, { device, chip, proof, use: 'txn', data })
  if (typeof counted === 'string') return no(counted)
  return yes({
    card: content.card,
    cardholder: sender.cardholder,
    device,
    content_digest: base64url(digest),
    user_verified: assertion !== undefined,
    signed_with: sender.signedWith,
    verified_with: counted,
  })
}

const isAbout = (call: Call, { statement: { content } }: BeaconBody): boolean =>
  content.subject.id === confirmedPayment(call) && content.presentment === 'beacon'

/** The passkey's assertion is over the whole statement: content, number, device and chip code. */
function isVouched(
  { verifyAssertion }: World,
  { credential }: Sender,
  { statement, assertion }: Required<Pick<BeaconBody, 'statement' | 'assertion'>>,
): boolean {
  const challenge = base64url(sha256(jcs(statement)))
  return credential !== undefined && verifyAssertion({ assertion, credential, challenge })
}

export async function removeChips(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'remove_chip'>[],
): Promise<Answer<'remove_chip'>[]> {
  const answers: Answer<'remove_chip'>[] = []
  for (const { device } of inputs) {
    const moved = await sql`
      update chips.chip set state = 'made', terminal = null, cardholder = null
      where device = ${device} returning device`
    answers.push(moved.length === 1 ? yes({ device }) : no('chip_unknown'))
  }
  return answers
}

export const makeEpochCodes = (
  world: World,
  sql: Sql,
  inputs: readonly VaultInput<'make_epoch_codes'>[],
): Promise<Answer<'make_epoch_codes'>[]> =>
  Promise.all(inputs.map((input) => pageOf(world, sql, input)))

async function pageOf(
  { chipKeys, nowMs }: World,
  sql: Sql,
  { epoch, after }: VaultInput<'make_epoch_codes'>,
): Promise<Answer<'make_epoch_codes'>> {
  if (!openEpochs(nowMs()).includes(epoch)) return no('epoch_closed')
  const found = await sql<{ device: `pxd_${string}` }[]>`
    select device from chips.chip
    where state = 'paired' and device > ${after ?? ''} order by device limit ${EPOCH_PAGE + 1}`
  const devices = found.slice(0, EPOCH_PAGE).map(({ device }) => device)
  const codes = Buffer.concat(devices.map((device) => chipKeys.broadcast(device, epoch)))
  return yes({ devices, codes: base64url(codes), has_more: found.length > EPOCH_PAGE })
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
