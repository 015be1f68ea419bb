/**
 * Who works here: operators. A bearer token of 32 random bytes (`wo_…`), kept as its SHA-256 and
 * shown once; roles say what its holder may do. Made by `warifu operator add`, never over HTTP.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { OperatorRole } from '@warifu/protocol/operator-objects'
import type { Db } from '#store'

export type NewOperator = {
  readonly id: Id<'opr'>
  readonly name: string
  readonly roles: readonly OperatorRole[]
  /** 32 random bytes. */
  readonly secret: Uint8Array
  readonly nowMs: number
}

const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()

/** Adds an operator; answers with the token, undefined where the name is taken. */
export async function addOperator(db: Db, operator: NewOperator): Promise<string | undefined> {
  const token = `wo_${toBase64url(operator.secret)}`
  const { id, name, roles, nowMs } = operator
  const [row] = await db`
    insert into people.operator (id, name, roles, token_digest, created_ms)
    values (${id}, ${name}, ${[...roles]}::text[], ${digestOf(token)}, ${nowMs})
    on conflict (name) do nothing returning id`
  return row && token
}

/** Ends an operator's access, sessions too; false where nobody active has this name. */
export async function endOperator(db: Db, name: string, nowMs: number): Promise<boolean> {
  const ended = await db`
    with gone as (
      update people.operator set ended_ms = ${nowMs}
       where name = ${name} and ended_ms is null returning id),
    out as (
      update people.console_session set ended_ms = ${nowMs}
       where who in (select id from gone) and ended_ms is null)
    select id from gone`
  return ended.length === 1
}

export type Operator = {
  readonly operator: Id<'opr'>
  readonly name: string
  readonly roles: readonly OperatorRole[]
}

/** Whose token this is; undefined where it is nobody's, or no longer. */
export async function operatorOf(db: Db, token: string): Promise<Operator | undefined> {
  const [row] = await db<Operator[]>`
    select id as operator, name, roles from people.operator
     where token_digest = ${digestOf(token)} and ended_ms is null`
  return row
}

export type OperatorRow = {
  readonly id: Id<'opr'>
  readonly name: string
  readonly roles: readonly OperatorRole[]
  readonly createdMs: bigint
  readonly endedMs: bigint | null
}

export async function listOperators(db: Db): Promise<OperatorRow[]> {
  return db<OperatorRow[]>`
    select id, name, roles, created_ms as "createdMs", ended_ms as "endedMs"
      from people.operator order by id`
}
