/** Card programs: what is offered, within which limits, and by which rules it is granted. */
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Db } from '#store'
import type { Rule } from './rules.ts'

export type Program = {
  readonly id: Id<'prg'>
  readonly name: string
  readonly bin: string
  readonly currency: string
  readonly schemes: readonly Scheme[]
  readonly verificationMethods: readonly 'phone'[]
  readonly validityMonths: number
  /** Limits in minor units of the currency. */
  readonly perTransaction: bigint
  readonly perDay: bigint
  readonly perMonth: bigint
  readonly signatureOnlyMax: bigint
  readonly rules: readonly Rule[]
}

export async function createProgram(db: Db, program: Program, nowMs: number): Promise<void> {
  const { id, name, bin, currency, schemes, verificationMethods, validityMonths } = program
  const { perTransaction, perDay, perMonth, signatureOnlyMax, rules } = program
  await db`
    insert into issuing.program
      (id, name, bin, currency, schemes, verification_methods, validity_months, per_transaction,
       per_day, per_month, signature_only_max, rules, created_ms)
    values (${id}, ${name}, ${bin}, ${currency}, ${[...schemes]}::text[],
            ${[...verificationMethods]}::text[], ${validityMonths}, ${perTransaction}, ${perDay},
            ${perMonth}, ${signatureOnlyMax}, ${db.json(JSON.parse(JSON.stringify(rules)))},
            ${nowMs})`
}

const columns = (db: Db) => db`
  id, name, bin, currency, schemes, verification_methods as "verificationMethods",
  validity_months as "validityMonths", per_transaction as "perTransaction", per_day as "perDay",
  per_month as "perMonth", signature_only_max as "signatureOnlyMax", rules`

export async function readProgram(db: Db, id: Id<'prg'>): Promise<Program | undefined> {
  const [row] = await db<Program[]>`
    select ${columns(db)} from issuing.program where id = ${id}`
  return row
}

export type Page = { readonly limit: number; readonly before: string | undefined }

/** The programs on offer, newest first. */
export async function listPrograms(db: Db, { limit, before }: Page): Promise<Program[]> {
  return db<Program[]>`
    select ${columns(db)} from issuing.program
     where ${before ?? null}::text is null or id < ${before ?? null}
     order by id desc limit ${limit}`
}

/** The programs of this name, oldest first. */
export async function programsNamed(db: Db, name: string): Promise<Program[]> {
  return db<Program[]>`
    select ${columns(db)} from issuing.program where name = ${name} order by id`
}
