/**
 * S2, the payment: who sends is checked first (sim-voucher.ts), then the sealed record is opened
 * with the key of the company that it names, and the number in it found to be that of a card which
 * was written into this very SIM. Two PIN digits come only when they were asked for; they are
 * compared under the PIN's own try counter, once for each message.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError, setupBaseR } from '@warifu/crypto/hpke'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import {
  CARD_RECORD_BYTES,
  PIN_RECORD_BYTES,
  type PresentSim,
  presentSim,
  type SimContext,
  type SimSealed,
} from '@warifu/protocol/sim'
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { panIndex } from './cards.ts'
import { checkPrefix } from './pins.ts'
import { thumbprintCheckValue } from './public-key.ts'
import { readSenders, type Sender } from './senders.ts'
import { type Company, companyPrivateKey, readCompanies } from './sim-keys.ts'
import { readSims, type SimRow } from './sim-rows.ts'
import { type Sent, verifyTerminal, voucherRefusal } from './sim-voucher.ts'
import { asBytes, type Sql } from './store.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'open_sim'>
type Refusal = RefusalOf<'open_sim'>
type Said = Answer<'open_sim'>

const bodyShape = Compile(presentSim)
const digestOf = (value: object): string => sha256(jcs(value)).toString('base64url')

const presenting = {
  path: /^\/v1\/payments\/(pay_[0-9A-HJKMNP-TV-Z]{26})\/present$/,
  read: (body: unknown, payment: string): PresentSim | undefined => {
    if (!bodyShape.Check(body)) return undefined
    const { statement, record, digits } = body
    const fits =
      statement.content.subject.id === payment &&
      statement.record_digest === digestOf(record) &&
      statement.digits_digest === (digits === null ? null : digestOf(digits))
    return fits ? body : undefined
  },
}

/** The payment that a call is about, for the audit's reference. */
export const simPaymentOf = ({ request }: Call): string | undefined =>
  presenting.path.exec(request.path)?.[1]

export async function openSims(world: World, sql: Sql, calls: readonly Call[]): Promise<Said[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const sent = calls.map(({ request, terminal }) =>
    verifyTerminal(world, request, senders.get(terminal), presenting),
  )
  const bodies = sent.flatMap((one) => (one.ok ? [one.value.body] : []))
  const read = {
    sims: await readSims(
      sql,
      bodies.map(({ statement }) => statement.sim),
    ),
    companies: await readCompanies(
      sql,
      bodies.map(({ record }) => record.header.kid),
    ),
    used: await readUsed(sql, bodies),
  }
  const answers: Said[] = []
  for (const [i, one] of sent.entries()) {
    const terminal = calls[i]?.terminal ?? ''
    answers.push(one.ok ? await openOne({ world, sql, read, terminal }, one.value) : one)
  }
  return answers
}

type Read = {
  readonly sims: ReadonlyMap<string, SimRow>
  readonly companies: ReadonlyMap<string, Company>
  readonly used: ReadonlyMap<string, string>
}
type Opening = {
  readonly world: World
  readonly sql: Sql
  readonly read: Read
  readonly terminal: string
}

async function openOne(opening: Opening, sent: Sent<PresentSim>): Promise<Said> {
  const { world, sql, read } = opening
  const { sender, body, userVerified } = sent
  const sim = read.sims.get(body.statement.sim)
  const refusal = senderRefusal(opening, sent, sim)
  if (refusal !== undefined || sim === undefined) return no(refusal ?? 'sim_unknown')
  const company = read.companies.get(body.record.header.kid)
  const opened = company === undefined ? undefined : openRecords(world, body, company)
  if (company === undefined || opened === undefined) return no('sim_record_invalid')
  const card = cardOf(world, sim, opened)
  if (card === undefined) return no('card_unknown')
  const used = { record: body.statement.record_digest, content: digestOf(body.statement.content) }
  if (!(await take(world, sql, used))) return no('sim_replayed')
  return yes({
    card,
    cardholder: sender.cardholder,
    content_digest: used.content,
    user_verified: userVerified,
    digits: await digitsFound(opening, { body, card, digits: opened.digits }),
    selector: company.selector,
    signed_with: nameOf(sender),
    opened_with: { kid: company.kid, check_value: thumbprintCheckValue(company.thumbprint) },
  })
}

const nameOf = ({ signing_thumbprint: kid }: Sender): VaultOutput<'open_sim'>['signed_with'] => ({
  kid,
  check_value: thumbprintCheckValue(kid),
})

/** In order: whose SIM, in use, not shown before for another payment, its bridge, itself. */
function senderRefusal(
  { world, read, terminal }: Opening,
  { sender, body }: Sent<PresentSim>,
  sim: SimRow | undefined,
): Refusal | undefined {
  const { statement, voucher } = body
  if (sim?.cardholder !== sender.cardholder) return 'sim_unknown'
  if (sim.state !== 'personalised') return 'sim_not_active'
  const before = read.used.get(statement.record_digest)
  if (before !== undefined && before !== digestOf(statement.content)) return 'sim_replayed'
  const bridge = sim.bridges.get(terminal)
  if (bridge === undefined) return 'bridge_invalid'
  const { iccid } = sim
  return voucherRefusal(world, { label: 'pay', statement, voucher, iccid, bridge })
}

type Opened = {
  readonly pan: string
  readonly selector: number
  readonly digits: string | undefined
}

/** Record and digits, each of its own size, both of the company whose key opened them. */
function openRecords(world: World, body: PresentSim, company: Company): Opened | undefined {
  const { statement, record, digits } = body
  const context = { sim: statement.sim, content_digest: digestOf(statement.content) }
  const card = open({ world, company, context }, record, 'sim-record')
  if (card?.length !== CARD_RECORD_BYTES) return undefined
  const pan = bcd(card.subarray(0, -1))
  const selector = card.at(-1)
  card.fill(0)
  if (pan === undefined || selector !== company.selector) return undefined
  if (digits === null) return { pan, selector, digits: undefined }
  const two = open({ world, company, context }, digits, 'sim-digits')
  if (two?.length !== PIN_RECORD_BYTES || two.at(-1) !== selector) return undefined
  const prefix = bcd(two.subarray(0, -1))
  two.fill(0)
  return prefix === undefined ? undefined : { pan, selector, digits: prefix }
}

type Key = { readonly world: World; readonly company: Company; readonly context: SimContext }

/** Undefined where key, header, context or any bit is another. */
function open(
  { world, company, context }: Key,
  { header, enc, ct }: SimSealed,
  purpose: SimSealed['header']['purpose'],
): Uint8Array | undefined {
  const [encapsulated, text] = [readBase64url(enc), readBase64url(ct)]
  const { thumbprint: kid } = company
  if (header.purpose !== purpose || header.kid !== kid || header.recipient !== kid) return undefined
  if (encapsulated === undefined || text === undefined) return undefined
  world.probe.decrypted()
  try {
    const hpke = setupBaseR({
      enc: encapsulated,
      recipient: {
        privateKey: companyPrivateKey(world.hierarchy, company),
        publicBytes: asBytes(company.point),
      },
      info: envelopeInfo(purpose, sha256(jcsBytes(header))),
    })
    return unpad(hpke.open(envelopeAad(header, context), text))
  } catch (error) {
    if (error instanceof HpkeError || error instanceof PaddingError) return undefined
    throw error
  }
}

/** Two digits in a byte, the first in the high half; an empty record (FF) is no number. */
function bcd(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('hex')
  return /^[0-9]+$/.test(text) ? text : undefined
}

/** The card with this number that was written into this SIM for this company. */
function cardOf({ hierarchy }: World, { records }: SimRow, { pan, selector }: Opened) {
  const index = panIndex(hierarchy, pan)
  return records.find(
    (record) => record.selector === selector && timingSafeEqual(record.index, index),
  )?.card
}

async function readUsed(
  sql: Sql,
  bodies: readonly PresentSim[],
): Promise<ReadonlyMap<string, string>> {
  const digests = bodies.map(({ statement }) => readBase64url(statement.record_digest))
  const known = digests.filter((digest) => digest !== undefined).map(hex)
  if (known.length === 0) return new Map()
  const rows = await sql<{ digest: Uint8Array; content_digest: Uint8Array }[]>`
    select digest, content_digest from sims.used
    where digest in (select decode(d, 'hex') from unnest(${known}::text[]) d)`
  return new Map(rows.map((row) => [text(row.digest), text(row.content_digest)]))
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

type Use = { readonly record: string; readonly content: string }

/** False where the sealed record went to another payment first. */
async function take({ nowMs }: World, sql: Sql, { record, content }: Use): Promise<boolean> {
  const [digest, for_] = [Buffer.from(record, 'base64url'), Buffer.from(content, 'base64url')]
  await sql`
    insert into sims.used (digest, content_digest, at_ms) values (${digest}, ${for_}, ${nowMs()})
    on conflict do nothing`
  const [row] = await sql`
    select 1 from sims.used where digest = ${digest} and content_digest = ${for_}`
  return row !== undefined
}

type Trying = {
  readonly body: PresentSim
  readonly card: string
  readonly digits: string | undefined
}

async function digitsFound(
  { world, sql }: Opening,
  { body, card, digits }: Trying,
): Promise<VaultOutput<'open_sim'>['digits']> {
  if (digits === undefined) return 'absent'
  const digest = Buffer.from(body.statement.digits_digest ?? '', 'base64url')
  const verdict = await checkPrefix(world, sql, { card, prefix: digits, digest })
  // A card without a PIN has no digits to compare with: it answers as a blocked one does.
  return verdict === 'unset' ? 'blocked' : verdict
}
