/** For tests: a chip with known secrets, a phone that pairs with it, a world that stands still. */
import { createECDH, createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { type HpkeKeyPair, setupPskS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import {
  LINK_LABEL,
  type LinkAnswer,
  PAIRING_BYTES,
  type PairingHeader,
} from '@warifu/protocol/proximity'
import { SUITE } from '@warifu/protocol/sealed'
import type { ChipMemory } from './chip-memory.ts'
import { type Chip, type Input, type Output, type Step, startChip, step } from './machine.ts'

const letters = (last: string) => `01KQ00000000000000000000${last}` as const
export const DEVICE = `pxd_${letters('0A')}` as const
export const TERMINAL = `trm_${letters('0B')}` as const
export const PAYMENT = `pay_${letters('0C')}` as const

/** A pair of a key whose private half is this number, so that tests repeat. */
export function pairOf(seed: number): HpkeKeyPair {
  const made = createECDH('prime256v1')
  made.setPrivateKey(createHash('sha256').update(`pair ${seed}`).digest())
  const publicBytes = new Uint8Array(made.getPublicKey())
  const d = made.getPrivateKey('base64url')
  const jwk = { ...jwkOfPoint(publicBytes), d }
  return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicBytes }
}

export const memoryOf = (over: Partial<ChipMemory> = {}): ChipMemory => ({
  device: DEVICE,
  carrier: 'obd_plug',
  kbpk: new Uint8Array(32).fill(1),
  secrets: {
    txn: new Uint8Array(32).fill(2),
    eid: new Uint8Array(32).fill(3),
    label: new Uint8Array(32).fill(4),
  },
  counter: 0,
  phone: null,
  last: null,
  ...over,
})

export const NOW = Date.parse('2027-01-05T01:00:00.000Z')

/** A chip in one place: what it was asked last, what it kept, what it said. */
export function chipOn(memory: ChipMemory = memoryOf()) {
  let [chip, chance, nowMs]: [Chip, number, number] = [startChip(memory), 0, NOW]
  const outputs: Output[] = []
  const run = (input: Input): Step => {
    const another = () => {
      chance += 1
      return chance
    }
    const around = {
      nowMs,
      random: (length: number) => new Uint8Array(length).fill(another()),
      keyPair: () => pairOf(another()),
    }
    const next = step(chip, input, around)
    chip = next.chip
    outputs.push(...next.outputs)
    return next
  }
  const ask = (request: unknown): LinkAnswer => {
    const said = run({ kind: 'request', request }).outputs.find(({ kind }) => kind === 'answer')
    if (said?.kind !== 'answer') throw new Error('the chip said nothing')
    return said.answer
  }
  return {
    run,
    ask,
    outputs,
    memory: () => chip.memory,
    wait: (ms: number) => {
      nowMs += ms
    },
  }
}
export type ChipOn = ReturnType<typeof chipOn>

export type PairingPhone = {
  readonly terminal: string
  readonly signing: HpkeKeyPair
  readonly label?: Uint8Array
  readonly device?: string
}

/** What a phone that has read the label sends, to the key that the chip has just made. */
export function pairingFor(pairingKey: string, phone: PairingPhone) {
  const recipientPublic = Uint8Array.from(Buffer.from(pairingKey, 'base64url'))
  const recipient = createHash('sha256').update(recipientPublic).digest('base64url')
  const header: PairingHeader = { v: 1, suite: SUITE, purpose: 'chip-pair', recipient }
  const device = phone.device ?? DEVICE
  const { enc, context } = setupPskS({
    recipientPublic,
    info: envelopeInfo('chip-pair', createHash('sha256').update(jcsBytes(header)).digest()),
    ephemeral: pairOf(99),
    psk: phone.label ?? new Uint8Array(32).fill(4),
    pskId: new TextEncoder().encode(device),
  })
  const signing_key = jwkOfPoint(phone.signing.publicBytes)
  const content = jcsBytes({ terminal: phone.terminal, signing_key })
  const ct = context.seal(envelopeAad(header, { device }), pad(content, PAIRING_BYTES))
  const request = { kind: 'pair', header, enc: toBase64url(enc), ct: toBase64url(ct) } as const
  return { request, context }
}

export const phone = { terminal: TERMINAL, signing: pairOf(50) }

export function paired(chip: ChipOn): ChipOn {
  const hello = chip.ask({ kind: 'hello' })
  if (hello.kind !== 'hello' || hello.pairing_key === null) throw new Error('it has a phone')
  const said = chip.ask(pairingFor(hello.pairing_key, phone).request)
  if (said.kind !== 'paired') throw new Error('it did not pair')
  return chip
}

export const signedBy = (key: KeyObject, request: object): string =>
  sign('sha256', Buffer.concat([Buffer.from(LINK_LABEL), jcsBytes(request)]), {
    key,
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url')

export const chipRequest = {
  device: DEVICE,
  payment: PAYMENT,
  amount: 1200,
  currency: 'jpy',
  payee_digest: 'A'.repeat(43),
  challenge: `${'B'.repeat(21)}A`,
} as const

export const authenticate = (request: object = chipRequest, key = phone.signing.privateKey) =>
  ({ kind: 'authenticate', request, signature: signedBy(key, request) }) as const
