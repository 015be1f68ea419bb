/** Card programs: what is offered, within which limits, and by which rules it is granted. */
import type { Id } from '@warifu/protocol/ids'
import type { fundings, Method, usages } from '@warifu/protocol/issuing-objects'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Db, Tx } from '#store'
import type { ProgramControls } from './controls.ts'
import type { Rule } from './rules.ts'

export type Program = {
  readonly id: Id<'prg'>
  readonly name: string
  readonly bin: string
  readonly currency: string
  readonly schemes: readonly Scheme[]
  readonly funding: (typeof fundings)[number]
  readonly usage: (typeof usages)[number]
  /** A card of its own account, or one more of the account of a card that was proven. */
  readonly account: 'own' | 'issued_card'
  readonly verificationMethods: readonly Method[]
  /** How many of the methods are asked for. */
  readonly verificationNeeded: number
  /** Is a credit bureau asked before the rules are? */
  readonly bureau: boolean
  /** A person who grants more than this needs a second one; null: nobody does. */
  readonly secondAbove: bigint | null
  readonly validityMonths: number
  /** Limits in minor units of the currency. */
  readonly perTransaction: bigint
  readonly perDay: bigint
  readonly perMonth: bigint
  readonly signatureOnlyMax: bigint
  /** Bounds beside the amounts. */
  readonly controls: ProgramControls
  /** Do merchants' tokens follow to the card in the place of another? */
  readonly keepsTokens: boolean
  /** So many days before a card expires, another may be had in its place. */
  readonly renewDays: number
  /** Captured above a hold that nobody approved in person: basis points of it, at most. */
  readonly overCapture: number
  /** Also without funds: the account owes it, and pays nothing until that is repaid. */
  readonly forcePost: boolean
  readonly rules: readonly Rule[]
}

type Defaults =
  | 'funding'
  | 'usage'
  | 'account'
  | 'verificationNeeded'
  | 'bureau'
  | 'secondAbove'
  | 'controls'
  | 'keepsTokens'
  | 'renewDays'
  | 'overCapture'
  | 'forcePost'
/** What is left out: a credit card that asks for every method and bounds amounts only. */
export type NewProgram = Omit<Program, Defaults> & Partial<Pick<Program, Defaults>>

const withDefaults = (program: NewProgram): Program => ({
  funding: 'credit',
  usage: 'standard',
  account: 'own',
  verificationNeeded: program.verificationMethods.length,
  bureau: false,
  secondAbove: null,
  controls: {},
  keepsTokens: true,
  renewDays: 60,
  overCapture: 0,
  forcePost: false,
  ...program,
})

export async function createProgram(db: Db, given: NewProgram, nowMs: number): Promise<void> {
  const program = withDefaults(given)
  const { id, name, bin, currency, schemes, validityMonths, funding, usage, account } = program
  const { verificationMethods, verificationNeeded, bureau, secondAbove, renewDays } = program
  const { perTransaction, perDay, perMonth, signatureOnlyMax, keepsTokens } = program
  const json = (value: unknown) => db.json(JSON.parse(JSON.stringify(value)))
  await db`
    insert into issuing.program
      (id, name, bin, currency, schemes, verification_methods, verification_needed, funding, usage,
       account, bureau, second_above, validity_months, per_transaction, per_day, per_month,
       signature_only_max, controls, keeps_tokens, renew_days, over_capture, force_post, rules,
       created_ms)
    values (${id}, ${name}, ${bin}, ${currency}, ${[...schemes]}::text[],
            ${[...verificationMethods]}::text[], ${verificationNeeded}, ${funding}, ${usage},
            ${account}, ${bureau}, ${secondAbove}, ${validityMonths}, ${perTransaction}, ${perDay},
            ${perMonth}, ${signatureOnlyMax}, ${json(program.controls)}, ${keepsTokens},
            ${renewDays}, ${program.overCapture}, ${program.forcePost}, ${json(program.rules)},
            ${nowMs})`
}

const columns = (db: Db) => db`
  id, name, bin, currency, schemes, verification_methods as "verificationMethods",
  verification_needed as "verificationNeeded", funding, usage, account, bureau,
  second_above as "secondAbove", validity_months as "validityMonths",
  per_transaction as "perTransaction", per_day as "perDay", per_month as "perMonth",
  signature_only_max as "signatureOnlyMax", controls, keeps_tokens as "keepsTokens",
  renew_days as "renewDays", over_capture as "overCapture", force_post as "forcePost", rules`

export async function readProgram(db: Db, id: Id<'prg'>): Promise<Program | undefined> {
  const [row] = await db<Program[]>`
    select ${columns(db)} from issuing.program where id = ${id}`
  return row
}

/**
 * For whoever makes a card: these terms stand until its transaction ends, so a change that comes
 * after it finds the card. Held before any card of the program is, as a change holds them.
 */
export async function holdProgram(tx: Tx, id: Id<'prg'>): Promise<Program> {
  await tx`select 1 from issuing.program where id = ${id} for key share`
  const program = await readProgram(tx, id)
  if (program === undefined) throw new Error('the program is not there')
  return program
}

export type Page = { readonly limit: number; readonly before: string | undefined }

/** The programs on offer, newest first. */
export async function listPrograms(db: Db, { limit, before }: Page): Promise<Program[]> {
  return db<Program[]>`
    select ${columns(db)} from issuing.program
     where ended_ms is null and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
}

/** The programs of these ids. */
export async function programsOf(db: Db, ids: readonly Id<'prg'>[]): Promise<Program[]> {
  if (ids.length === 0) return []
  return db<Program[]>`select ${columns(db)} from issuing.program where id in ${db([...ids])}`
}

/** The programs of this name, oldest first. */
export async function programsNamed(db: Db, name: string): Promise<Program[]> {
  return db<Program[]>`
    select ${columns(db)} from issuing.program where name = ${name} order by id`
}
