/**
 * The chip of a proximity device, as a pure machine: what comes in, and what it then keeps, says
 * and broadcasts. It answers the phone that it is paired with and nobody else, makes one code for
 * each question, and keeps its counter before a code leaves.
 *
 * It has no display. What a person approves is on the phone; the chip says that it was near.
 */
import { broadcastCode } from '@warifu/crypto/chip-code'
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import {
  type LinkAnswer,
  type LinkRefusal,
  type LinkRequest,
  linkRequest,
  paymentBytes,
} from '@warifu/protocol/proximity'
import {
  ADDRESS_BYTES,
  type Advertisement,
  advertisingData,
  epochAt,
  privateAddress,
} from '@warifu/protocol/proximity-frame'
import { Compile } from 'typebox/compile'
import type { ChipMemory } from './chip-memory.ts'
import { codeFor } from './coding.ts'
import { type KeyBlocks, loadKeys } from './key-loading.ts'
import { isSignedBy, openPairing } from './phone.ts'

export type Chip = {
  readonly memory: ChipMemory
  /** Made for one pairing, when a phone says hello. */
  readonly pairing: HpkeKeyPair | null
  /** Which epoch's code is on the air. */
  readonly epoch: number | null
}
export type Input =
  | { readonly kind: 'tick' }
  /** What came over the link: anybody may have sent it. */
  | { readonly kind: 'request'; readonly request: unknown }
  | { readonly kind: 'load_keys'; readonly blocks: KeyBlocks }
  /** Somebody holds its button down: it forgets its phone. */
  | { readonly kind: 'button' }
export type Output =
  /** To be on the disk before anything after it is done. */
  | { readonly kind: 'keep'; readonly memory: ChipMemory }
  /** Address and data together, in one moment: neither may outlive the other. */
  | { readonly kind: 'advertise'; readonly advertisement: Advertisement }
  | { readonly kind: 'answer'; readonly answer: LinkAnswer }
export type Surroundings = {
  readonly nowMs: number
  readonly random: (length: number) => Uint8Array
  readonly keyPair: () => HpkeKeyPair
}
export type Step = { readonly chip: Chip; readonly outputs: readonly Output[] }

export const startChip = (memory: ChipMemory): Chip => ({ memory, pairing: null, epoch: null })

const requestShape = Compile(linkRequest)
const refuse = (chip: Chip, code: LinkRefusal): Step => answering(chip, { kind: 'refused', code })
const answering = (chip: Chip, answer: LinkAnswer, keep: readonly Output[] = []): Step => ({
  chip,
  outputs: [...keep, { kind: 'answer', answer }],
})

export function step(chip: Chip, input: Input, around: Surroundings): Step {
  if (input.kind === 'tick') return tick(chip, around)
  if (input.kind === 'request') return answer(chip, input.request, around)
  const memory =
    input.kind === 'button' ? { ...chip.memory, phone: null } : loadKeys(chip.memory, input.blocks)
  return memory === undefined ? { chip, outputs: [] } : kept(chip, memory)
}

const kept = (chip: Chip, memory: ChipMemory): Step => ({
  chip: { ...chip, memory },
  outputs: [{ kind: 'keep', memory }],
})

/** A new epoch: another code and another address, at once. */
function tick(chip: Chip, { nowMs, random }: Surroundings): Step {
  const epoch = epochAt(nowMs)
  const { secrets } = chip.memory
  if (secrets === null || epoch === chip.epoch) return { chip, outputs: [] }
  const advertisement = {
    address: privateAddress(random(ADDRESS_BYTES)),
    data: advertisingData(broadcastCode(secrets.eid, epoch)),
  }
  return { chip: { ...chip, epoch }, outputs: [{ kind: 'advertise', advertisement }] }
}

function answer(chip: Chip, request: unknown, around: Surroundings): Step {
  if (!requestShape.Check(request)) return refuse(chip, 'malformed')
  switch (request.kind) {
    case 'hello':
      return hello(chip, around)
    case 'pair':
      return pair(chip, request)
    case 'authenticate':
      return authenticate(chip, request)
    case 'forget':
      return forget(chip, request)
  }
}

/** Says no more than whether it has a phone: a name would let anybody follow it. */
function hello(chip: Chip, { keyPair }: Surroundings): Step {
  const { phone, secrets } = chip.memory
  const pairing = phone === null && secrets !== null ? keyPair() : null
  const pairing_key = pairing && Buffer.from(pairing.publicBytes).toString('base64url')
  return answering({ ...chip, pairing }, { kind: 'hello', pairing_key })
}

type Request<K extends LinkRequest['kind']> = Extract<LinkRequest, { readonly kind: K }>

function pair(chip: Chip, request: Request<'pair'>): Step {
  const { memory, pairing } = chip
  const { secrets } = memory
  if (secrets === null || pairing === null)
    return refuse(chip, memory.phone === null ? 'not_paired' : 'paired_already')
  const opened = openPairing({ ...request, pairing, memory, secrets })
  // One key, one try: whoever guesses asks for another.
  const spent = { ...chip, pairing: null }
  if (opened === undefined) return refuse(spent, 'pairing_invalid')
  const coded = codeFor({ ...memory, phone: opened.phone }, 'pair', opened.data)
  if (coded === undefined) return refuse(spent, 'exhausted')
  const { carrier } = memory
  const said = { kind: 'paired', proof: opened.proof, carrier, chip: coded.chip } as const
  return remembering(spent, coded.memory, said)
}

const remembering = (chip: Chip, memory: ChipMemory, said: LinkAnswer): Step =>
  answering({ ...chip, memory }, said, [{ kind: 'keep', memory }])

function authenticate(chip: Chip, { request, signature }: Request<'authenticate'>): Step {
  const { memory } = chip
  if (memory.phone === null || memory.secrets === null) return refuse(chip, 'not_paired')
  if (request.device !== memory.device || !isSignedBy(memory.phone, request, signature))
    return refuse(chip, 'signature_invalid')
  const data = paymentBytes({
    ...request,
    payee: Buffer.from(request.payee_digest, 'base64url'),
    challenge: Buffer.from(request.challenge, 'base64url'),
  })
  const coded = codeFor(memory, 'txn', data)
  if (coded === undefined) return refuse(chip, 'exhausted')
  return remembering(chip, coded.memory, { kind: 'code', chip: coded.chip })
}

function forget(chip: Chip, { request, signature }: Request<'forget'>): Step {
  const { memory } = chip
  const { phone } = memory
  if (phone === null) return answering(chip, { kind: 'forgotten' })
  const isOurs = request.device === memory.device && request.forget === phone.terminal
  if (!isOurs || !isSignedBy(phone, request, signature)) return refuse(chip, 'signature_invalid')
  return remembering(chip, { ...memory, phone: null }, { kind: 'forgotten' })
}
