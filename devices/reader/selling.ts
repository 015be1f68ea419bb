/**
 * One sale in a reader, step by step: the offer is shown, then a card is asked for, sealed and
 * sent; then PINs, each when the host asks. The public key, the context and all that was entered go
 * with the end.
 */
import {
  type Advance,
  chipAnswered,
  cleared,
  type Input as DeviceInput,
  inserted,
  keyed,
  scratch,
  sealPin,
  startSale,
  swiped,
  wipe,
  writeCardData,
} from '@warifu/devices/entry-device'
import { type CableError, MOST_PIN_TRIES } from '@warifu/protocol/reader'
import { takeOffer } from './offer.ts'
import { type MakePlain, openSeal, sealMessage } from './sealing.ts'
import type { Given, Reader, ReaderSale, Step } from './state.ts'

const REMEMBERED = 64

type CardInput = Extract<DeviceInput, { kind: 'stripe' | 'inserted' | 'chip' }>
type Key = Extract<DeviceInput, { kind: 'key' }>['key']

const still = (reader: Reader): Step => ({ reader, outputs: [] })
const refusing = (reader: Reader, error: CableError): Step => ({
  reader,
  outputs: [{ kind: 'send', frame: { tell: 'refused', error } }],
})
const stopped = (reader: Reader, error: CableError): Step => {
  const { reader: empty, outputs } = forgotten(reader, 'Not paid. Remove card')
  return { reader: empty, outputs: [...outputs, ...refusing(reader, error).outputs] }
}

export const isLate = ({ sale }: Reader, nowMs: number): boolean =>
  sale !== null && nowMs >= sale.taken.offer.exp * 1000

/** Everything that was held for a sale is wiped or dropped. */
export function forgotten(reader: Reader, shown: string): Step {
  const { sale } = reader
  if (sale === null) return still(reader)
  wipe(sale.entry.entry)
  sale.seal.context.wipe()
  return { reader: { ...reader, sale: null, shown }, outputs: [{ kind: 'forget' }] }
}

export function offered(reader: Reader, text: string, given: Given): Step {
  if (reader.sale !== null) return refusing(reader, 'busy')
  const { memory, settings } = reader
  const place = { hostKey: settings.host_key, reader: memory.device, nowMs: given.nowMs }
  const taken = takeOffer(text, place)
  if (taken === undefined) return refusing(reader, 'offer_invalid')
  const { sale: id, payee, amount, currency, exp } = taken.offer
  if (reader.read.includes(id)) return refusing(reader, 'offer_repeated')
  const context = {
    sale: Buffer.from(taken.digest).toString('base64url'),
    purpose: 'payment',
    amount,
    currency,
    merchant: payee.id,
  } as const
  const timeout_s = Math.max(1, Math.ceil(exp - given.nowMs / 1000))
  const asks = { id: 1, command: 'sale', context, pin: false, timeout_s } as const
  const sale: ReaderSale = {
    taken,
    step: 'offer',
    seal: openSeal(taken, given.keyPair()),
    entry: startSale({ ...asks, entry: ['inserted', 'swiped'] }, given),
  }
  const read = [...reader.read, id].slice(-REMEMBERED)
  return still({ ...reader, sale, read, shown: '', pairCode: null })
}

/** The host asks for the PIN, or for it once more. */
export function askPin(
  reader: Reader,
  { sale: id, is_again }: { readonly sale: string; readonly is_again: boolean },
): Step {
  const { sale } = reader
  if (sale === null || sale.step !== 'wait' || sale.taken.offer.sale !== id)
    return refusing(reader, 'no_sale')
  if (sale.seal.sequence > MOST_PIN_TRIES) return stopped(reader, 'cancelled')
  const complaint = is_again ? 'Wrong PIN' : ''
  const entry = { ...sale.entry, step: 'pin', triesLeft: 3, complaint } as const
  return still({ ...reader, sale: { ...sale, step: 'pin', entry } })
}

export function keyPressed(reader: Reader, key: Key, given: Given): Step {
  const { sale } = reader
  if (sale === null)
    return still({ ...reader, pairCode: key === 'cancel' ? null : reader.pairCode })
  if (key === 'cancel') return stopped(reader, 'cancelled')
  if (sale.step === 'offer')
    return still(key === 'accept' ? { ...reader, sale: { ...sale, step: 'card' } } : reader)
  if (sale.step !== 'pin') return still(reader)
  return advanced(reader, keyed(sale.entry, key), given)
}

/** A stripe's character, or a chip: heard only while a card is asked for. */
export function cardInput(reader: Reader, input: CardInput, given: Given): Step {
  const { sale } = reader
  if (sale === null || sale.step !== 'card') return still(reader)
  return advanced(reader, takeIn(sale.entry, input, given), given)
}

function takeIn(entry: ReaderSale['entry'], input: CardInput, given: Given): Advance {
  switch (input.kind) {
    case 'stripe':
      return swiped(entry, input.character)
    case 'inserted':
      return inserted(entry, given)
    case 'chip':
      return chipAnswered(entry, input)
  }
}

function advanced(reader: Reader, advance: Advance, given: Given): Step {
  const { sale } = reader
  if (sale === null) return still(reader)
  const entry = advance.sale
  const going = { ...reader, sale: { ...sale, entry } }
  if (advance.kind === 'ended') return stopped(going, cardError(advance.error))
  if (advance.kind === 'going')
    return {
      reader: going,
      outputs: advance.apdu === undefined ? [] : [{ kind: 'apdu', apdu: advance.apdu }],
    }
  return sale.step === 'pin' ? pinSealed(going, given) : cardSealed(going)
}

const cardError = (error: string): CableError =>
  error === 'card_refused' || error === 'cancelled' ? error : 'card_unreadable'

/** The card is read: sealed at once. Of it only the number stays, for the PIN's block. */
function cardSealed(reader: Reader): Step {
  const { sale } = reader
  if (sale === null) return still(reader)
  const { entry, chipValues } = sale.entry
  const next = sealed(reader, sale, () => writeCardData(entry, chipValues))
  scratch(entry).fill(0)
  const kept = cleared(cleared(entry, 'chip'), 'stripe')
  return withEntry(next, { ...sale.entry, entry: kept, chip: null, chipValues: undefined })
}

function pinSealed(reader: Reader, { random }: Given): Step {
  const { sale } = reader
  if (sale === null) return still(reader)
  const { entry } = sale.entry
  const next = sealed(reader, sale, (key) => {
    const block = sealPin(entry, { key, random: random(8) })
    if (block === null) throw new Error('a PIN was entered')
    return block
  })
  return withEntry(next, { ...sale.entry, entry: cleared(entry, 'pin') })
}

const withEntry = ({ reader, outputs }: Step, entry: ReaderSale['entry']): Step => ({
  reader: reader.sale === null ? reader : { ...reader, sale: { ...reader.sale, entry } },
  outputs,
})

/** The message; the counter of its key has reached the disk before it is sent. */
function sealed(reader: Reader, sale: ReaderSale, plain: MakePlain): Step {
  const { memory } = reader
  if (memory.keys === null) throw new Error('a sale is read only with keys')
  const made = sealMessage(sale.seal, { keys: memory.keys, reader: memory.device }, plain)
  const kept = { ...memory, keys: made.keys }
  return {
    reader: { ...reader, memory: kept, sale: { ...sale, step: 'wait', seal: made.seal } },
    outputs: [
      { kind: 'keep', memory: kept },
      { kind: 'send', frame: { tell: 'sealed', message: made.message } },
    ],
  }
}
