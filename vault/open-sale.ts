/**
 * S3: one message of a sale, in this order:
 *
 *   terminal admitted → its signature → the reader's MAC → this vault's open sale, this offer
 *   → sequence → only then open → counter and card in one statement → compare, or count a PIN's try
 *
 * What does not fit the sale's own offer ends it: message, key and everything held are gone.
 */

import { envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError, setupBaseR } from '@warifu/crypto/hpke'
import { PinBlockError } from '@warifu/crypto/pin-block'
import {
  MOST_PIN_TRIES,
  READER_PLAIN_BYTES,
  type ReaderMessage,
  readerPresent,
} from '@warifu/protocol/reader'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { compareExpiry } from './card-checks.ts'
import { openStoredCard, panIndex, readStoredCards } from './cards.ts'
import { isStripe } from './chip.ts'
import { endSale } from './ending-sales.ts'
import { type Entered, readEntered } from './entry-data.ts'
import { verifyPin } from './pins.ts'
import { isDead } from './plastic-standing.ts'
import {
  type Authentic,
  authenticateMessage,
  type Parts,
  partsOf,
  takeCounter,
} from './reader-message.ts'
import type { SaleCard, Session } from './sales.ts'
import { readSenders, type Sender } from './senders.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type RefusalOf, type Step, type World, yes } from './world.ts'

type Call = VaultInput<'open_sale'>
type Said = Answer<'open_sale'>
type Refusal = RefusalOf<'open_sale'>
const bodyShape = Compile(readerPresent)
const presentPath = /^\/v1\/payments\/(pay_[0-9A-HJKMNP-TV-Z]{26})\/present$/

/** The sale that a call is about, for the audit's reference. */
export const saleOf = ({ request }: Pick<Call, 'request'>): string | undefined =>
  presentPath.exec(request.path)?.[1]

/** Everything that one message is decided on. */
type Work = {
  readonly world: World
  readonly sql: Sql
  readonly call: Call
  readonly sender: Sender
  readonly message: ReaderMessage
  readonly parts: Parts
  readonly authentic: Authentic
}

export async function openSale(world: World, sql: Sql, call: Call): Promise<Said> {
  const sender = (await readSenders(world, sql, [call.terminal])).get(call.terminal)
  const sent = readSent(world, call, sender)
  if (!sent.ok) return sent
  const { message } = sent.value
  const parts = partsOf(message)
  const found = await authenticateMessage(world, sql, { message, parts })
  if (!found.ok) return found
  const authentic = found.value
  try {
    if (parts === undefined) return no('reader_invalid')
    return await openFor({ world, sql, call, ...sent.value, parts, authentic })
  } finally {
    authentic.keys.wipe()
  }
}

type Sent = { readonly sender: Sender; readonly message: ReaderMessage }

/** Nothing of the body is parsed before its signature stands. */
function readSent(
  { verifyRequest }: World,
  call: Call,
  sender: Sender | undefined,
): Step<Sent, Refusal> {
  if (sender === undefined) return no('terminal_unknown')
  if (sender.state !== 'admitted') return no('terminal_not_admitted')
  const { method, query } = call.request
  const sale = saleOf(call)
  if (method !== 'POST' || query !== '' || sale === undefined) return no('signature_invalid')
  const bytes = verifyRequest(call.request, sender)
  if (bytes === undefined) return no('signature_invalid')
  const body = parseJson(bytes)
  if (!bodyShape.Check(body) || body.message.sale !== sale) return no('statement_invalid')
  return yes({ sender, message: body.message })
}

type Row = { readonly state: string; readonly chain: string; readonly instance: string }

/** Another vault holds the sale's key. A fault and no answer: an answer would be kept (once.ts). */
class HeldElsewhere extends Error {
  override readonly name = 'HeldElsewhere'
}

async function openFor(work: Work): Promise<Said> {
  const { world, sql, message } = work
  const [row] = await sql<Row[]>`
    select state, chain, instance from sales.sale where sale = ${message.sale} for update`
  if (row === undefined) return no('sale_unknown')
  if (row.state === 'ended') return no('sale_over')
  if (row.chain !== world.chain) throw new HeldElsewhere()
  if (row.instance !== world.sales.instance) return no('sale_unknown')
  const session = world.sales.find(message.sale)
  if (session === undefined || session.expiresMs <= world.nowMs()) {
    await endSale(world, sql, { sale: message.sale, because: 'expired' })
    return no('sale_over')
  }
  const verdict = await judge(work, session)
  if (!verdict.ok) await endWhere(work, verdict.refusal)
  else if (verdict.value.pin === 'verified') await ended(work, 'authorized')
  else if (endingPins.has(verdict.value.pin)) await ended(work, 'declined')
  return verdict
}

/** After these no other try would be heard. */
const endingPins: ReadonlySet<unknown> = new Set(['blocked', 'unset'])

const ended = ({ world, sql, message }: Work, because: 'authorized' | 'declined' | 'broken') =>
  endSale(world, sql, { sale: message.sale, because })

/** A replay is an alarm and moves nothing; whatever else is refused here ends the sale. */
async function endWhere(work: Work, refusal: Refusal): Promise<void> {
  if (refusal === 'sale_replayed' || refusal === 'ksn_replayed') return
  await ended(work, refusal === 'sale_broken' ? 'broken' : 'declined')
}

async function judge(work: Work, session: Session): Promise<Said> {
  const { call, message, authentic, world } = work
  const { offer, offerDigest, taken } = session
  const isForThis =
    offer.terminal === call.terminal &&
    offer.reader === message.reader &&
    message.offer_digest === Buffer.from(offerDigest).toString('base64url')
  if (!isForThis) return no('sale_broken')
  const digest = authentic.digest.toString('base64url')
  const before = taken[message.sequence]
  if (before !== undefined && before !== digest) return no('sale_replayed')
  if (before === undefined && message.sequence !== taken.length) return no('sale_broken')
  const plain = openIn(work, session)
  if (plain === undefined) return no('sale_broken')
  world.probe.decrypted()
  try {
    const said =
      message.sequence === 0
        ? await readCard(work, session, plain)
        : await tryPin(work, session, plain)
    if (said.ok) taken[message.sequence] = digest
    return said
  } finally {
    plain.fill(0)
  }
}

/** The message's plaintext in the sale's one context, which the first message sets up. */
function openIn({ world, message, parts }: Work, session: Session): Uint8Array | undefined {
  const { keyPair, offerDigest } = session
  const size = message.sequence === 0 ? READER_PLAIN_BYTES.card : READER_PLAIN_BYTES.pin
  if (parts.ct.length !== size + 16) return undefined
  try {
    if (keyPair !== undefined) {
      const info = envelopeInfo('sale', offerDigest)
      const hpke = setupBaseR({ enc: parts.enc, recipient: keyPair, info })
      session.context = { hpke, enc: message.enc }
      world.sales.dropKey(session)
    }
    const { context } = session
    if (context === undefined || context.enc !== message.enc) return undefined
    return context.hpke.openAt(message.sequence, parts.aad, parts.ct)
  } catch (error) {
    if (error instanceof HpkeError) return undefined
    throw error
  }
}

async function readCard(work: Work, session: Session, plain: Uint8Array): Promise<Said> {
  const { world, sql, call, sender, message, authentic } = work
  const { hierarchy } = world
  const entered = readEntered(plain)
  const entry = entered === undefined ? undefined : entryOf(entered)
  if (entered === undefined || entry === undefined) return no('sale_broken')
  const index = panIndex(hierarchy, entered.pan)
  const row = await takeCounter(world, sql, {
    reader: message.reader,
    message: authentic,
    panIndex: index,
  })
  const refused = counterRefusal(row.code)
  if (refused !== undefined) return no(refused)
  const { card, last4 } = row
  if (card === null || last4 === null) return no('card_unknown')
  const stored = (await readStoredCards(sql, [card])).get(card)
  if (stored === undefined) return no('card_unknown')
  const cardholder = stored.cardholder as `chl_${string}`
  if (cardholder !== sender.cardholder && !call.any_cardholder) return no('cardholder_mismatch')
  const isFalse = await isDead(sql, card, entered)
  const cryptogram = await countChip(work, { entered, card, offer: session.offer })
  const shown: SaleCard = { card, cardholder, last4, entry }
  session.card = shown
  return yes({
    ...answerOf(work, session, shown),
    expiry: compareExpiry(hierarchy, { ...row, card }, entered.expires),
    stripe: entry !== 'swiped' ? 'absent' : isFalse ? 'mismatch' : stripeOf(world, entered),
    cryptogram: isFalse && cryptogram === 'verified' ? 'invalid' : cryptogram,
    pin: null,
  })
}

/** A chip that answered, or a stripe; a number by itself is no card in the slot. */
const entryOf = ({ chip, stripe }: Entered): SaleCard['entry'] | undefined =>
  chip !== undefined ? 'inserted' : stripe === undefined ? undefined : 'swiped'

function stripeOf({ hierarchy }: World, { stripe }: Entered): 'match' | 'mismatch' | 'absent' {
  if (stripe === undefined) return 'absent'
  return isStripe(hierarchy, stripe, stripe.discretionary) ? 'match' : 'mismatch'
}

type ChipAsk = {
  readonly entered: Entered
  readonly card: string
  readonly offer: Session['offer']
}

/** The chip's counter moves once for a message (`entry.count`). */
async function countChip(
  { world, sql, authentic }: Work,
  { entered, card, offer }: ChipAsk,
): Promise<'verified' | 'invalid' | 'absent'> {
  const chip = world.verifyChip(entered, offer)
  if (chip === undefined) return 'absent'
  const { keyId: key_id, counter } = authentic
  const proof = { ord: 1, key_id, counter, card, atc: chip.atc, chip_right: chip.isRight }
  const [row] = await sql<{ chip: 'verified' | 'invalid' | null }[]>`
    select chip from entry.count(
      array(select p from jsonb_populate_recordset(null::entry.proof, ${sql.json([proof])}) p))`
  return row?.chip ?? 'invalid'
}

/** A try of the PIN. The number that its block is bound to is the registered card's own. */
async function tryPin(work: Work, session: Session, block: Uint8Array): Promise<Said> {
  const { world, sql, message, authentic } = work
  const { hierarchy } = world
  const { card: shown } = session
  if (shown === undefined || message.sequence > MOST_PIN_TRIES) return no('sale_broken')
  const row = (await readStoredCards(sql, [shown.card])).get(shown.card)
  if (row === undefined) return no('card_unknown')
  const { pan } = openStoredCard({ hierarchy, row })
  const taken = await takeCounter(world, sql, {
    reader: message.reader,
    message: authentic,
    panIndex: panIndex(hierarchy, pan),
  })
  const refused = counterRefusal(taken.code)
  if (refused !== undefined) return no(refused)
  const pin = pinOf(authentic, block, pan)
  const { digest } = authentic
  const verdict = await verifyPin(world, sql, { card: shown.card, pan, pin, digest })
  return yes({
    ...answerOf(work, session, shown),
    expiry: 'absent',
    stripe: 'absent',
    cryptogram: 'absent',
    pin: verdict,
  })
}

/** A block that does not decode is a wrong PIN, and told as nothing else. */
function pinOf({ keys }: Authentic, block: Uint8Array, pan: string): string {
  try {
    return keys.pin(block, pan)
  } catch (error) {
    if (error instanceof PinBlockError) return ''
    throw error
  }
}

function counterRefusal(code: string): Refusal | undefined {
  if (code === 'ok') return undefined
  // The function answers with refusals of this operation besides.
  return code as Refusal
}

type Shared = Omit<VaultOutput<'open_sale'>, 'expiry' | 'stripe' | 'cryptogram' | 'pin'>

const answerOf = (
  { message, sender, authentic }: Work,
  { offer }: Session,
  shown: SaleCard,
): Shared => ({
  sequence: message.sequence,
  ...shown,
  content_digest: offer.content_digest,
  signed_with: sender.signedWith,
  opened_with: authentic.key.name,
})

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
