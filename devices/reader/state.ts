/** What a reader is, what it puts out, and what its display shows of it. */
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import { hasKeys, type KeyMemory, prompt, type Sale } from '@warifu/devices/entry-device'
import { formatMoney } from '@warifu/protocol/money'
import type { CableEvent } from '@warifu/protocol/reader'
import type { TakenOffer } from './offer.ts'
import type { PairCode } from './pairing.ts'
import type { SaleSeal } from './sealing.ts'
import type { Settings } from './settings.ts'

export type Memory = KeyMemory<'rdr'>

/**
 * `offer`: payee and amount are shown, ENTER says that they are seen; `card`: a card is asked for;
 * `wait`: something was sent, and the host is to say how it goes on; `pin`: the PIN is asked for.
 */
export type ReaderSale = {
  readonly taken: TakenOffer
  readonly step: 'offer' | 'card' | 'wait' | 'pin'
  readonly seal: SaleSeal
  /** What is read and keyed, in the entry device's own bytes. */
  readonly entry: Sale
}

export type Reader = {
  readonly memory: Memory
  readonly settings: Settings
  readonly session: { readonly origin: string; readonly isPaired: boolean } | null
  readonly pairCode: PairCode | null
  readonly sale: ReaderSale | null
  readonly shown: string
  /** The sales that were read last: each is read once. */
  readonly read: readonly string[]
}

export type Given = {
  readonly nowMs: number
  readonly random: (length: number) => Uint8Array
  readonly keyPair: () => HpkeKeyPair
}

export type Output =
  | { readonly kind: 'keep' | 'erase'; readonly memory: Memory }
  | { readonly kind: 'pair'; readonly settings: Settings }
  | { readonly kind: 'send'; readonly frame: CableEvent }
  /** To the card in the slot. No command of a payment carries a number or a PIN. */
  | { readonly kind: 'apdu'; readonly apdu: Uint8Array }
  /** Whatever was held for a sale is not held any more: let the memory be collected. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'panel'; readonly said: string }

export type Step = { readonly reader: Reader; readonly outputs: readonly Output[] }

/** The words on the display. Over the cable goes no more than a phone may know. */
export function displayOf(reader: Reader, where: 'display' | 'cable' = 'display'): string {
  const { memory, sale, pairCode, shown } = reader
  if (memory.isTampered) return 'Opened. Keys erased. Out of service'
  if (!hasKeys(memory)) return 'No keys. Out of service'
  if (pairCode !== null) return where === 'cable' ? 'Pairing' : `Pair with ${pairCode.digits}`
  if (sale === null) return shown === '' ? 'Ready' : shown
  const { payee, amount, currency } = sale.taken.offer
  const money = formatMoney({ amount, currency }, 'en')
  if (sale.step === 'offer') return `${payee.name}, ${payee.place}  ${money}  ENTER to go on`
  if (sale.step === 'wait') return `${payee.name}  ${money}  Please wait`
  return `${payee.name}  ${prompt(sale.entry, where === 'cable' ? 'link' : 'display')}`
}
