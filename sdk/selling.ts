/**
 * One sale from the key on disk to the truth, and what is left of a sale after a crash.
 *
 * Without a message nothing was sent, so whatever goes wrong before is void and says so. From the
 * message on there is no way back: the same bytes are sent until the platform has told.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Body } from '@warifu/protocol/contract'
import type {
  EntryContext,
  EntryKind,
  EntryMessage,
  LinkAnswer,
} from '@warifu/protocol/entry-device'
import type { Calling } from './calling.ts'
import type { DeviceLine } from './device-line.ts'
import { type LinkAsk, LinkLost } from './device-link.ts'
import { findOut } from './finding-out.ts'
import type { JournalEntry, Outcome, SaleJournal } from './sale-journal.ts'

/** What a till shows. `finding_out` is honest: money may have moved, and it will be known. */
export type SaleState =
  | { readonly state: 'waiting_for_card'; readonly prompt: string }
  | { readonly state: 'sending' }
  | { readonly state: 'finding_out' }
  | Outcome

/** What is sold. In its metadata `sale` is the module's: the sale's own key. */
export type Order = Pick<
  Body<'createPayment'>,
  'amount' | 'currency' | 'capture_method' | 'lines' | 'merchant_reference' | 'metadata' | 'store'
>
export type Asked = {
  readonly entry: readonly EntryKind[]
  readonly pin: boolean
  readonly timeoutS: number
  /** `moto`: by telephone, fax or post. The agent keys the card; it is declared as such. */
  readonly channel?: 'moto'
}

export type Selling = {
  readonly calling: Calling
  readonly journal: SaleJournal
  readonly line: DeviceLine
  readonly merchant: EntryContext['merchant']
  readonly signal: AbortSignal
  readonly tell: (state: SaleState) => void
}

type Ended = Outcome | undefined

/** base64url(SHA-256(key)): how a message says for which sale it was entered. */
export const saleDigest = (key: string): string =>
  toBase64url(createHash('sha256').update(key).digest())

/** Undefined: the module was closed before it was known; the journal knows how to go on. */
export async function sell(
  selling: Selling,
  opened: JournalEntry,
  { order, asked }: { readonly order: Order; readonly asked: Asked },
): Promise<Ended> {
  const { line, merchant, tell } = selling
  const { amount, currency } = order
  const sale = saleDigest(opened.key)
  const channel = asked.channel === undefined ? {} : { channel: asked.channel }
  const context = { sale, purpose: 'payment', amount, currency, merchant, ...channel } as const
  const read = await readCard({ line, tell }, context, asked)
  if (!('message' in read)) return await settle(selling, opened, read)
  const kind = asked.channel ?? 'entry_device'
  const presentment = { kind, message: read.message } as const
  const metadata = { ...order.metadata, sale: opened.key }
  const body: Body<'createPayment'> = { ...order, metadata, presentment }
  const sending = { ...opened, stage: 'sending', body: JSON.stringify(body) } as const
  await selling.journal.write(sending)
  tell({ state: 'sending' })
  return await learn(selling, sending, false)
}

/** What a crash has left: never sent is void; what may have been sent is asked about. */
export const takeUp = (
  selling: Omit<Selling, 'line' | 'merchant'>,
  entry: JournalEntry,
): Promise<Ended> =>
  entry.stage === 'sending'
    ? learn(selling, entry, true)
    : settle(selling, entry, { state: 'failed_nothing_charged', code: 'interrupted' })

async function learn(
  selling: Omit<Selling, 'line' | 'merchant'>,
  entry: JournalEntry,
  wasSent: boolean,
): Promise<Ended> {
  const { calling, signal, tell } = selling
  const { key, body } = entry
  if (body === null) throw new TypeError('a sale that is sent has a body')
  const onUnknown = () => tell({ state: 'finding_out' })
  if (wasSent) onUnknown()
  const outcome = await findOut({ calling, key, body, wasSent, signal, onUnknown })
  return outcome === undefined ? undefined : await settle(selling, entry, outcome)
}

/** On disk first, then told. */
async function settle(
  { journal, tell }: Pick<Selling, 'journal' | 'tell'>,
  entry: JournalEntry,
  outcome: Outcome,
): Promise<Outcome> {
  await journal.write({ ...entry, stage: 'settled', outcome })
  tell(outcome)
  return outcome
}

/** A message for this very sale, or how it ended without one. */
async function readCard(
  { line, tell }: Pick<Selling, 'line' | 'tell'>,
  context: Omit<EntryContext, 'entry'>,
  { entry, pin, timeoutS }: Asked,
): Promise<{ readonly message: EntryMessage } | Outcome> {
  const failed = (code: string) => ({ state: 'failed_nothing_charged', code }) as const
  line.listen((event) => {
    if (event.event === 'prompt') tell({ state: 'waiting_for_card', prompt: event.text })
  })
  try {
    const request: LinkAsk = {
      command: 'sale',
      context,
      entry: [...entry],
      pin,
      timeout_s: timeoutS,
    }
    const answer = await line.ask(request, timeoutS * 1000 + GRACE_MS)
    if (!answer.ok)
      return answer.error === 'cancelled' ? { state: 'cancelled' } : failed(answer.error)
    return isFor(answer, context) ? answer : failed('message_mismatch')
  } catch (error) {
    if (!(error instanceof LinkLost)) throw error
    await line.drop()
    return failed('device_lost')
  } finally {
    line.listen()
  }
}

/** The device has a clock of its own; ours is a little more patient. */
const GRACE_MS = 3_000

function isFor(
  answer: LinkAnswer,
  context: Omit<EntryContext, 'entry'>,
): answer is Extract<LinkAnswer, { message: unknown }> {
  if (!('message' in answer)) return false
  const { entry: _, ...given } = answer.message.context
  return Object.entries(context).every(([name, value]) => Object(given)[name] === value)
}
