/**
 * For tests: a cardholder's reader as the vault meets it, with keys that an operator's act gave it.
 * It takes an offer, seals a card and PINs for it, honestly or bent.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { encode, type Tlv } from '@warifu/crypto/ber-tlv'
import { cmac } from '@warifu/crypto/cmac'
import { deriveWorkingKey } from '@warifu/crypto/dukpt-aes'
import { envelopeInfo } from '@warifu/crypto/envelope'
import { type SenderContext, setupBaseS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { readJws } from '@warifu/crypto/jws'
import { unwrapKeyBlock } from '@warifu/crypto/key-block'
import { encodeFormat4 } from '@warifu/crypto/pin-block'
import type { PaymentContent } from '@warifu/protocol/approval-content'
import { entryTags } from '@warifu/protocol/entry-device'
import type { Id } from '@warifu/protocol/ids'
import {
  proofMacInput,
  READER_PLAIN_BYTES,
  type ReaderMessage,
  type ReaderProof,
  readerMacInput,
  type SaleOffer,
  saleAad,
} from '@warifu/protocol/reader'
import type { VaultInput } from '@warifu/protocol/vault'
import { admitDevice, makeBaseKey, type Plastic, personaliseCard } from './operator-acts.ts'
import { cryptogramOf } from './rehearsal-device.ts'
import {
  type Carried,
  must,
  type Person,
  type Stage,
  sha256,
  signedRequest,
  statementOf,
} from './rehearsal-person.ts'
import type { World } from './world.ts'

export type Reader = {
  readonly id: Id<'rdr'>
  readonly key: Uint8Array
  readonly keyId: string
  readonly chance: Stage['chance']
  counter: number
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

export async function admitReader(world: World, stage: Stage): Promise<Reader> {
  await makeBaseKey(world, 'aes-dukpt')
  const id = stage.newId('rdr')
  const made = await admitDevice(world, { device: id, suite: 'aes-dukpt' })
  const { key } = unwrapKeyBlock({ kbpk: bytes(made.kbpk), block: made.key_block, usages: ['B1'] })
  return { id, key, keyId: made.initial_key_id, chance: stage.chance, counter: 1 }
}

const ksnAt = (reader: Reader, counter: number): string =>
  reader.keyId + counter.toString(16).toUpperCase().padStart(8, '0')

function nextKsn(reader: Reader): string {
  const ksn = ksnAt(reader, reader.counter)
  reader.counter += 1
  return ksn
}

const keyOf = (reader: Reader, ksn: string, usage: 'pin' | 'mac_generation'): Uint8Array =>
  deriveWorkingKey({ initialKey: reader.key, ksn: bytes(ksn), usage, keyType: 'aes256' })

export function proofFor(reader: Reader, terminal: Id<'trm'>): ReaderProof {
  const said = { v: 1 as const, reader: reader.id, terminal, ksn: nextKsn(reader) }
  const mac = cmac(keyOf(reader, said.ksn, 'mac_generation'), proofMacInput(said))
  return { ...said, mac: toBase64url(mac) }
}

/** A sale's content that this person has approved. */
export const contentFor = ({ stage }: Person, carried: Carried): PaymentContent =>
  statementOf(stage, carried).content

/** An offer as the vault makes it, and the content it is for. */
export async function offered(
  person: Person,
  { reader, carried, expires_at = '2027-01-05T00:02:00.000Z' }: OfferAsk,
): Promise<{ readonly text: string; readonly offer: SaleOffer }> {
  const content = contentFor(person, carried)
  const input = { content, terminal: person.terminal, reader: reader.id, expires_at }
  const { offer: text } = await must(person.stage.dispatch, 'make_offer', input)
  return { text, offer: readJws(text)?.payload as SaleOffer }
}
type OfferAsk = {
  readonly reader: Reader
  readonly carried: Carried
  readonly expires_at?: string
}

/** The reader's side of one sale. */
export type ReaderSale = {
  readonly reader: Reader
  readonly text: string
  readonly offer: SaleOffer
  readonly enc: Uint8Array
  readonly context: SenderContext
  sequence: number
}

export function startSale(
  reader: Reader,
  { text, offer }: { readonly text: string; readonly offer: SaleOffer },
): ReaderSale {
  const { enc, context } = setupBaseS({
    recipientPublic: Buffer.from(offer.public_key, 'base64url'),
    info: envelopeInfo('sale', sha256(text)),
    ephemeral: reader.chance.keyPair(),
  })
  return { reader, text, offer, enc, context, sequence: 0 }
}

type Bend = { readonly ksn?: string; readonly head?: Partial<ReaderMessage> }

/** The next message of a sale. What is bent is bent before MAC and seal: it is authentic. */
export function sealFor(sale: ReaderSale, plain: Uint8Array, bend: Bend = {}): ReaderMessage {
  const { reader, offer, text, enc, context } = sale
  const ksn = bend.ksn ?? nextKsn(reader)
  const head = {
    v: 1 as const,
    sale: offer.sale,
    reader: reader.id,
    offer_digest: sha256(text).toString('base64url'),
    sequence: sale.sequence,
    ksn,
    ...bend.head,
  }
  sale.sequence += 1
  const aad = jcsBytes(saleAad(head))
  const ct = context.seal(aad, plain)
  const mac = cmac(
    keyOf(reader, ksn, 'mac_generation'),
    readerMacInput(reader.id, { enc, ct, aad }),
  )
  return { ...head, enc: toBase64url(enc), ct: toBase64url(ct), mac: toBase64url(mac) }
}

const tagOf = (name: keyof typeof entryTags): number => Number.parseInt(entryTags[name], 16)

/** What is read of a card of plastic: its chip's answers for this amount, or its stripe. */
export function cardPlain(
  card: Plastic,
  { entry, atc = 1, amount = 1200, track2 = card.track2 }: CardRead,
): Uint8Array {
  const objects: Tlv[] =
    entry === 'inserted'
      ? [
          { tag: tagOf('pan'), value: bytes(card.pan) },
          { tag: tagOf('expiry'), value: bytes(`${card.expiry}31`) },
          ...cryptogramOf(card, { atc, amount }),
        ]
      : [{ tag: tagOf('track2'), value: packed(track2.replace('=', 'D')) }]
  return pad(encode(objects), READER_PLAIN_BYTES.card)
}
type CardRead = {
  readonly entry: 'inserted' | 'swiped'
  readonly atc?: number
  readonly amount?: number
  readonly track2?: string
}
const packed = (digits: string): Uint8Array =>
  bytes(digits.length % 2 === 0 ? digits : `${digits}F`)

export const sealCard = (sale: ReaderSale, card: Plastic, read: CardRead, bend?: Bend) =>
  sealFor(sale, cardPlain(card, read), bend)

/** A PIN block of format 4 under the PIN key of its own serial number, sealed in the sale. */
export function sealPin(sale: ReaderSale, pin: string, pan: string): ReaderMessage {
  const ksn = nextKsn(sale.reader)
  const key = keyOf(sale.reader, ksn, 'pin')
  const block = encodeFormat4({ key, pin, pan, random: sale.reader.chance.bytes(8) })
  return sealFor(sale, block, { ksn })
}

/** A terminal hands a message on. */
export const forwarded = (
  person: Person,
  message: ReaderMessage,
  any_cardholder = false,
): VaultInput<'open_sale'> => ({
  terminal: person.terminal,
  request: signedRequest(
    person,
    { kind: 'reader', message },
    { path: `/v1/payments/${message.sale}/present` },
  ),
  any_cardholder,
})

/** The person's card on plastic, with a PIN. */
export const plasticOf = (world: World, { card }: Carried, pin = '2580'): Promise<Plastic> =>
  personaliseCard(world, { card, pin })
