/**
 * A plastic comes to life only in its owner's hand: the vault seals a page with a nonce to the
 * terminal that applied; that terminal returns the nonce and what was read of the plastic, signed;
 * the vault compares. A stolen letter, another terminal, an opened page alone bring nothing.
 */

import { timingSafeEqual } from 'node:crypto'
import { readBase64url, toBase64url } from '@warifu/crypto/base64url'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import { entryTags } from '@warifu/protocol/entry-device'
import {
  type ActivatePlasticBody,
  activatePlasticBody,
  PAGE_BYTES,
  type PlasticPage,
  type PlasticRead,
  plasticRead,
} from '@warifu/protocol/plastic'
import { closed } from '@warifu/protocol/shapes'
import type { VaultInput } from '@warifu/protocol/vault'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compareCode, compareExpiry } from './card-checks.ts'
import { panIndex } from './cards.ts'
import { type Entered, readEntered } from './entry-data.ts'
import {
  lockPlastic,
  mayActivate,
  movePlastic,
  type PlasticRow,
  sequenceText,
} from './plastic-rows.ts'
import { type Recipient, sealTo } from './sealed-message.ts'
import { openForUs } from './sealed-to-us.ts'
import { type Act, verifyAct } from './signed-act.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

const PAGE_LIFE_MS = 10 * 60 * 1000

const bodyShape = Compile(activatePlasticBody)
const readShape = Compile(closed({ nonce: Type.String(), read: plasticRead }))
const activating: Act<ActivatePlasticBody> = {
  path: /^\/v1\/plastics\/(pls_[0-9A-HJKMNP-TV-Z]{26})\/activate$/,
  read: (body) => (bodyShape.Check(body) ? body : undefined),
  named: ({ statement }) => statement.plastic,
}

type Target = Recipient & { readonly state: string }

export async function openPlasticPage(
  world: World,
  sql: Sql,
  { plastic: id, terminal, now }: VaultInput<'open_plastic_page'>,
): Promise<Answer<'open_plastic_page'>> {
  const row = await lockPlastic(sql, id)
  if (row === undefined) return no('plastic_unknown')
  if (row.terminal !== terminal) return no('plastic_elsewhere')
  if (!mayActivate(row)) return no('plastic_state')
  const [target] = await sql<Target[]>`
    select state, sealing_thumbprint as thumbprint, sealing_point as point
    from terminals.terminal where terminal = ${terminal} for share`
  if (target === undefined) return no('terminal_unknown')
  if (target.state !== 'admitted') return no('terminal_not_admitted')
  const [card] = await sql<{ last4: string }[]>`
    select last4 from cards.card where card = ${row.card}`
  if (card === undefined) throw new Error('a plastic without its card')
  const nonce = world.chance.bytes(16)
  const createdMs = Date.parse(now)
  await sql`
    insert into plastics.page (plastic, nonce, expires_at_ms)
    values (${id}, ${sha256(nonce)}, ${createdMs + PAGE_LIFE_MS})`
  const page: PlasticPage = {
    plastic: id,
    card: row.card,
    nonce: toBase64url(nonce),
    last4: card.last4,
    code_is_new: row.sequence > 0,
  }
  const context = { plastic: id, terminal: target.thumbprint }
  const plaintext = pad(jcsBytes(page), PAGE_BYTES)
  const times = { createdMs, lifeMs: PAGE_LIFE_MS }
  const letter = { purpose: 'plastic-page', context, plaintext, ...times } as const
  return yes({ plastic: id, sealed: sealTo(target, letter, world.chance).message })
}

export async function activatePlastic(
  world: World,
  sql: Sql,
  input: VaultInput<'activate_plastic'>,
): Promise<Answer<'activate_plastic'>> {
  const acted = await verifyAct(world, sql, input, activating)
  if (!acted.ok) return acted
  const { statement, read } = acted.value.body
  const { plastic: id, card, terminal } = statement
  const row = await lockPlastic(sql, id)
  if (row === undefined || row.card !== card) return no('plastic_unknown')
  if (row.terminal !== terminal) return no('plastic_elsewhere')
  if (row.state === 'blocked') return no('plastic_blocked')
  if (!mayActivate(row)) return no('plastic_state')
  const page = await takePage(sql, id, statement.nonce)
  if (page === undefined) return no('page_unknown')
  if (page.expiresMs <= Date.parse(input.now)) return no('page_expired')
  const opened = openForUs(world, read, {
    domain: 'plastic-transport',
    context: { plastic: id, terminal },
  })
  const isOurs = readShape.Check(opened) && opened.nonce === statement.nonce
  const isThere = isOurs && (await isOf(world, sql, row, opened))
  if (!isThere || statement.result === 'mismatch') return miss(sql, row)
  await movePlastic(sql, id, { state: 'active', triesLeft: row.tries_left })
  return yes({ plastic: id, card: row.card })
}

/** A page serves one answer, right or wrong. */
async function takePage(
  sql: Sql,
  plastic: string,
  text: string,
): Promise<{ readonly expiresMs: number } | undefined> {
  const nonce = readBase64url(text)
  if (nonce === undefined) return undefined
  const [page] = await sql<{ expires: string }[]>`
    update plastics.page set used = true
    where plastic = ${plastic} and nonce = ${sha256(nonce)} and not used
    returning expires_at_ms as expires`
  return page && { expiresMs: Number(page.expires) }
}

async function miss(sql: Sql, { plastic, tries_left }: PlasticRow) {
  const left = tries_left - 1
  await movePlastic(sql, plastic, { state: left === 0 ? 'blocked' : 'made', triesLeft: left })
  return no(left === 0 ? 'plastic_blocked' : 'plastic_mismatch')
}

type Known = {
  readonly card: string
  readonly pan_index: Uint8Array
  readonly expiry_mac: Uint8Array
  readonly code_mac: Uint8Array
}

/** Whether what was read stands on this plastic, by keyed hash or by the chip's cryptogram. */
async function isOf(
  world: World,
  sql: Sql,
  row: PlasticRow,
  { nonce, read }: { readonly nonce: string; readonly read: PlasticRead },
): Promise<boolean> {
  const { hierarchy } = world
  const [kept] = await sql<Known[]>`
    select card, pan_index, expiry_mac, code_mac from cards.card where card = ${row.card}`
  if (kept === undefined) throw new Error('a plastic without its card')
  if (read.kind === 'keyed') {
    const expires = `20${read.expiry.slice(0, 2)}-${read.expiry.slice(2)}`
    const expiry = compareExpiry(hierarchy, kept, expires)
    const code = compareCode(hierarchy, kept, Buffer.from(read.security_code))
    return expiry === 'match' && code === 'match'
  }
  const objects = Buffer.from(read.objects, 'hex')
  const entered = readEntered(pad(objects, objects.length + 1))
  if (entered === undefined || !timingSafeEqual(panIndex(hierarchy, entered.pan), kept.pan_index))
    return false
  const isItsChip = hexOf(entered, 'panSequence') === sequenceText(row.sequence)
  const isFresh = hexOf(entered, 'unpredictableNumber') === challengeOf(nonce)
  const verdict = world.verifyChip(entered, { amount: null, currency: null })
  return isItsChip && isFresh && verdict?.isRight === true
}

/** The chip answers for this page: its unpredictable number is the nonce's first four bytes. */
const challengeOf = (nonce: string): string =>
  Buffer.from(nonce, 'base64url').subarray(0, 4).toString('hex')

const hexOf = ({ chip }: Entered, name: keyof typeof entryTags): string =>
  Buffer.from(chip?.get(Number.parseInt(entryTags[name], 16)) ?? []).toString('hex')

export async function endPlastics(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'end_plastic'>[],
): Promise<Answer<'end_plastic'>[]> {
  const answers: Answer<'end_plastic'>[] = []
  for (const { plastic } of inputs) {
    const ended = await sql`
      update plastics.plastic set state = 'ended' where plastic = ${plastic} returning plastic`
    answers.push(ended.length === 1 ? yes({ plastic }) : no('plastic_unknown'))
  }
  return answers
}
