/**
 * For tests: the host's side of a reader, so that what it seals can be opened and judged; and hands
 * that key and swipe. In the house the keys are the vault's.
 */
import { createHash, type KeyObject, sign, timingSafeEqual } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { cmac } from '@warifu/crypto/cmac'
import { deriveInitialKey, deriveWorkingKey } from '@warifu/crypto/dukpt-aes'
import { createDeviceState } from '@warifu/crypto/dukpt-device'
import { envelopeInfo } from '@warifu/crypto/envelope'
import { type HpkeKeyPair, type RecipientContext, setupBaseR } from '@warifu/crypto/hpke'
import { jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint, thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { compactJws, jwsInput } from '@warifu/crypto/jws'
import { decodeFormat4 } from '@warifu/crypto/pin-block'
import { type PaymentCard, paymentCard } from '@warifu/devices/payment-card'
import {
  type CableEvent,
  type CableRequest,
  OFFER_TYPE,
  type ReaderMessage,
  readerMacInput,
  type SaleOffer,
  saleAad,
} from '@warifu/protocol/reader'
import { displayOf, type Given, type Input, type Output, startReader, step } from './machine.ts'
import type { Memory } from './state.ts'

export const READER = 'rdr_01KQ0000000000000000000000'
export const WALLET = 'http://wallet.localhost:8731'
export const NOW_MS = Date.UTC(2027, 0, 5)
const keyId = Uint8Array.from(Buffer.from('A1B2C3D400000001', 'hex'))

export type Host = { readonly bdk: Uint8Array; readonly offerKey: HpkeKeyPair }

export const memoryOf = ({ bdk }: Host): Memory => ({
  device: READER,
  kbpk: new Uint8Array(32).fill(3),
  keys: createDeviceState({
    initialKey: deriveInitialKey({ bdk, initialKeyId: keyId }),
    initialKeyId: keyId,
  }),
  loaded: ['a1b2c3d400000001'],
  isTampered: false,
})

export const offerWith = (over: Partial<SaleOffer> & Pick<SaleOffer, 'public_key'>): SaleOffer => ({
  v: 1,
  instance: `vault-1/${'A'.repeat(22)}`,
  sale: 'pay_01KQ0000000000000000000000',
  content_digest: 'B'.repeat(43),
  payee: { id: 'mer_01KQ0000000000000000000000', name: 'Kissa Mori', place: 'Kyoto' },
  terminal: 'trm_01KQ0000000000000000000000',
  reader: READER,
  amount: 1200,
  currency: 'jpy',
  nonce: 'A'.repeat(22),
  iat: NOW_MS / 1000,
  exp: NOW_MS / 1000 + 120,
  ...over,
})

/** The offer as the host's key signs it; or another key, or under another type. */
export function signOffer(
  key: HpkeKeyPair,
  offer: SaleOffer,
  header: Readonly<Record<string, string>> = {},
): string {
  const jwk = jwkOfPoint(key.publicBytes)
  const kid = createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')
  const input = jwsInput({ typ: OFFER_TYPE, kid, ...header }, offer)
  return compactJws(input, signRaw(key.privateKey, Buffer.from(input)))
}
const signRaw = (key: KeyObject, bytes: Uint8Array) =>
  sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })

/** Opens what a reader sealed for one sale. */
export function hostOfSale({ bdk }: Host, { text, pair }: { text: string; pair: HpkeKeyPair }) {
  const initialKey = deriveInitialKey({ bdk, initialKeyId: keyId })
  let context: RecipientContext | undefined
  const keyOf = (ksn: string, usage: 'pin' | 'mac_generation') =>
    deriveWorkingKey({
      initialKey,
      ksn: Uint8Array.from(Buffer.from(ksn, 'hex')),
      usage,
      keyType: 'aes256',
    })
  const open = (message: ReaderMessage): Uint8Array => {
    const [enc, ct] = [fromBase64url(message.enc), fromBase64url(message.ct)]
    const aad = jcsBytes(saleAad(message))
    const mac = cmac(
      keyOf(message.ksn, 'mac_generation'),
      readerMacInput(message.reader, { enc, ct, aad }),
    )
    if (!timingSafeEqual(mac, fromBase64url(message.mac))) throw new Error('the MAC is wrong')
    const info = envelopeInfo('sale', createHash('sha256').update(text).digest())
    context ??= setupBaseR({ enc, recipient: pair, info })
    return context.open(aad, ct)
  }
  const pin = (message: ReaderMessage, pan: string): string =>
    decodeFormat4({ key: keyOf(message.ksn, 'pin'), block: open(message), pan })
  return { open, pin }
}

/** A reader on a bench, with hands before it and a page at its cable. */
export function benchOf(host: Host, given: Omit<Given, 'nowMs'>) {
  let nowMs = NOW_MS
  let reader = startReader(memoryOf(host), {
    host_key: jwkOfPoint(host.offerKey.publicBytes),
    pairing: null,
  })
  const heard: CableEvent[] = []
  const outputs: Output[] = []
  const give = (input: Input): readonly Output[] => {
    const next = step(reader, input, { ...given, nowMs })
    reader = next.reader
    outputs.push(...next.outputs)
    for (const one of next.outputs) if (one.kind === 'send') heard.push(one.frame)
    return next.outputs
  }
  const say = (request: CableRequest) => give({ kind: 'cable', request })
  const apduIn = (some: readonly Output[]) => some.find((one) => one.kind === 'apdu')?.apdu
  return {
    give,
    say,
    heard,
    outputs,
    last: () => heard.findLast(({ tell }) => tell !== 'display' && tell !== 'state'),
    display: (where?: 'cable') => displayOf(reader, where),
    reader: () => reader,
    keys: (digits: string) => {
      for (const digit of Buffer.from(digits)) give({ kind: 'key', key: digit })
    },
    swipe: (track: string) => {
      for (const character of Buffer.from(track)) give({ kind: 'stripe', character })
    },
    insert: (card: PaymentCard) => {
      let chip = card
      for (let apdu = apduIn(give({ kind: 'inserted' })); apdu !== undefined; ) {
        const { state, reply } = paymentCard(chip, apdu)
        chip = state
        apdu = undefined
        for (const [at, byte] of reply.entries())
          apdu = apduIn(give({ kind: 'chip', byte, isLast: at === reply.length - 1 }))
      }
    },
    wait: (seconds: number) => {
      nowMs += seconds * 1000
      return give({ kind: 'tick' })
    },
    pair: () => {
      give({ kind: 'plugged', origin: WALLET })
      say({ say: 'pair' })
      const [, code = ''] = /([0-9]{6})$/.exec(displayOf(reader)) ?? []
      say({ say: 'pair_code', code })
      const paired = heard.find((one) => one.tell === 'paired')
      return paired?.tell === 'paired' ? paired.token : toBase64url(new Uint8Array(32))
    },
  }
}
