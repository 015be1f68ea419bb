/**
 * What a reader seals for one sale: one HPKE context (RFC 9180, base mode, info over the offer) to
 * the sale's own key, and over each message a MAC under the reader's next key (X9.24-3). A PIN is a
 * block of format 4 (ISO 9564-1) under that serial number's PIN key before it is sealed.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { cmac } from '@warifu/crypto/cmac'
import { deriveWorkingKeys } from '@warifu/crypto/dukpt-aes'
import { type DeviceState, deviceNextKey } from '@warifu/crypto/dukpt-device'
import { envelopeInfo } from '@warifu/crypto/envelope'
import { type HpkeKeyPair, type SenderContext, setupBaseS } from '@warifu/crypto/hpke'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Id } from '@warifu/protocol/ids'
import {
  proofMacInput,
  type ReaderMessage,
  type ReaderProof,
  readerMacInput,
  saleAad,
} from '@warifu/protocol/reader'
import type { TakenOffer } from './offer.ts'

export type SaleSeal = {
  readonly taken: TakenOffer
  readonly enc: Uint8Array
  readonly context: SenderContext
  readonly sequence: number
}

/** The sale's context. The ephemeral pair is new, and nobody else's. */
export function openSeal(taken: TakenOffer, ephemeral: HpkeKeyPair): SaleSeal {
  const { enc, context } = setupBaseS({
    recipientPublic: Buffer.from(taken.offer.public_key, 'base64url'),
    info: envelopeInfo('sale', taken.digest),
    ephemeral,
  })
  return { taken, enc, context, sequence: 0 }
}

type Given = { readonly keys: DeviceState; readonly reader: Id<'rdr'> }

/** What goes into a message, once the key is there under which a PIN's block is made. */
export type MakePlain = (pinKey: Uint8Array) => Uint8Array

export type Sealed = {
  readonly message: ReaderMessage
  readonly seal: SaleSeal
  /** Have forgotten this message's key; kept before it is sent. */
  readonly keys: DeviceState
}

export function sealMessage(seal: SaleSeal, { keys, reader }: Given, plain: MakePlain): Sealed {
  const { taken, enc, context, sequence } = seal
  const next = takeKeys(keys)
  const head = {
    v: 1 as const,
    sale: taken.offer.sale,
    reader,
    offer_digest: toBase64url(taken.digest),
    sequence,
    ksn: next.ksn,
  }
  const aad = jcsBytes(saleAad(head))
  const clear = plain(next.pin)
  const ct = context.seal(aad, clear)
  clear.fill(0)
  const mac = cmac(next.mac, readerMacInput(reader, { enc, ct, aad }))
  next.wipe()
  const texts = { enc: toBase64url(enc), ct: toBase64url(ct), mac: toBase64url(mac) }
  return {
    message: { ...head, ...texts },
    seal: { ...seal, sequence: sequence + 1 },
    keys: next.state,
  }
}

/** That this reader is plugged into this terminal. */
export function proveTo(
  terminal: Id<'trm'>,
  { keys, reader }: Given,
): { readonly proof: ReaderProof; readonly keys: DeviceState } {
  const next = takeKeys(keys)
  const said = { v: 1 as const, reader, terminal, ksn: next.ksn }
  const mac = toBase64url(cmac(next.mac, proofMacInput(said)))
  next.wipe()
  return { proof: { ...said, mac }, keys: next.state }
}

/** The next serial number with its MAC and PIN keys; the registers of before are wiped. */
function takeKeys(keys: DeviceState) {
  const { ksn, transactionKey, state } = deviceNextKey(keys)
  const keyType = transactionKey.length === 32 ? 'aes256' : 'aes128'
  const wanted = (['mac_generation', 'pin'] as const).map((usage) => ({ usage, keyType }) as const)
  const [mac, pin] = deriveWorkingKeys({ transactionKey, ksn, wanted })
  if (mac === undefined || pin === undefined) throw new Error('two working keys were asked for')
  const wipe = () => {
    for (const key of [transactionKey, mac, pin, keys.registers]) key.fill(0)
  }
  return { ksn: Buffer.from(ksn).toString('hex').toUpperCase(), mac, pin, state, wipe }
}
