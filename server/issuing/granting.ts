/**
 * What a yes brings: the account (its own, or that of the card that was proven), the card, and the
 * facts of the hot path. The card pays nothing until it is installed.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import { openAccount, putCard, succeedCard } from '#ledger'
import type { Tx } from '#store'
import type { Application } from './application.ts'
import { type Cause, insertCard, readCard } from './card.ts'
import { controlsOf } from './controls.ts'
import type { Needs } from './needs.ts'
import type { Program } from './program.ts'
import { tellLedger } from './telling.ts'
import { listVerifications } from './verification.ts'

export type Granting = {
  readonly application: Application
  readonly program: Program
  /** Of a new account; null: it spends what is put on it. */
  readonly limit: number | null
  readonly nowMs: number
}

export async function grant(needs: Needs, tx: Tx, granting: Granting): Promise<Id<'crd'>> {
  const { application, program, nowMs } = granting
  const account = await accountOf(needs, tx, granting)
  const card = needs.mint('crd', laneOf(account))
  const { id, cardholder, program: programId } = application
  const cause: Cause = { reason: 'application_approved', actor: 'issuer', nowMs }
  await insertCard(
    tx,
    { id: card, account, cardholder, program: programId, application: id, replaces: null },
    cause,
  )
  const facts = controlsOf(program, null)
  const uses = program.usage === 'single_use' ? 1 : null
  const locks = program.usage === 'merchant_locked'
  const { signatureOnlyMax, overCapture, forcePost } = program
  const terms = { signatureOnlyMax, overCapture, forcePost, uses, locks }
  await putCard(tx, { card, account, active: false, ...terms, ...facts })
  return card
}

async function accountOf(needs: Needs, tx: Tx, granting: Granting): Promise<Id<'acc'>> {
  const { application, program, limit, nowMs } = granting
  if (program.account === 'issued_card') return accountOfProven(tx, application)
  if (program.funding === 'credit' && limit === null) throw new Error('credit without a limit')
  const account = needs.mint('acc', needs.lane())
  const creditLimit = program.funding === 'credit' ? BigInt(limit ?? 0) : 0n
  await openAccount(tx, { id: account, currency: program.currency, creditLimit, nowMs })
  return account
}

async function accountOfProven(tx: Tx, application: Application): Promise<Id<'acc'>> {
  const verified = await listVerifications(tx, application.id)
  const proven = verified.find((one) => one.method === 'issued_card' && one.state === 'verified')
  // An id that this room wrote itself.
  const card = proven?.detail['card'] as Id<'crd'> | undefined
  const row = card && (await readCard(tx, card))
  if (row === undefined) throw new Error('one more card of a card that was not proven')
  return row.account
}

export type Succeeding = {
  /** Held, and its old card too. */
  readonly program: Program
  readonly application: Id<'app'>
  readonly from: Id<'crd'>
  readonly reason: string
  readonly nowMs: number
}

/**
 * A card in the place of another: same account, same bounds of its own, and what was spent of them.
 * Its program's it has as they stand now: a change may not have reached the old one yet.
 */
export async function succeed(
  { mint }: Pick<Needs, 'mint'>,
  tx: Tx,
  { program, application, from, reason, nowMs }: Succeeding,
): Promise<Id<'crd'>> {
  const old = await readCard(tx, from)
  if (old === undefined) throw new Error('no card in whose place another comes')
  const { account, cardholder, own } = old
  const id = mint('crd', laneOf(account))
  const cause: Cause = { reason, actor: 'cardholder', nowMs }
  const card = { id, account, cardholder, program: program.id, application, replaces: from }
  await insertCard(tx, card, cause)
  await tx`
    update issuing.card set own = (select own from issuing.card where id = ${from})
     where id = ${id}`
  await succeedCard(tx, { from, to: id })
  await tellLedger(tx, program, [{ id, own }])
  return id
}
