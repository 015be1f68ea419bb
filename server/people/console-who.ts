/** Who signs in at the console: operators, and the users of merchants. */
import type { MerchantRole } from '@warifu/protocol/console-roles'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Db } from '#store'
import type { Operator } from './operator.ts'

export type MerchantUser = {
  readonly user: Id<'usr'>
  readonly name: string
  readonly merchant: Id<'mer'>
  readonly role: MerchantRole
}
export type WhoId = Id<'opr'> | Id<'usr'>
export type Who = Operator | MerchantUser

export const isMerchantUser = (who: Who): who is MerchantUser => 'user' in who
export const idOfWho = (who: Who): WhoId => (isMerchantUser(who) ? who.user : who.operator)

export type NewMerchantUser = {
  readonly id: Id<'usr'>
  readonly merchant: Id<'mer'>
  readonly name: string
  readonly role: MerchantRole
  readonly nowMs: number
}

/** False where the merchant has a user of this name. */
export async function addMerchantUser(db: Db, user: NewMerchantUser): Promise<boolean> {
  const { id, merchant, name, role, nowMs } = user
  const [row] = await db`
    insert into people.merchant_user (id, merchant, name, role, created_ms)
    values (${id}, ${merchant}, ${name}, ${role}, ${nowMs})
    on conflict (merchant, name) do nothing returning id`
  return row !== undefined
}

export type MerchantUserRow = MerchantUser & {
  readonly createdMs: bigint
  readonly endedMs: bigint | null
}

export const listMerchantUsers = (db: Db, merchant: Id<'mer'>) => db<MerchantUserRow[]>`
  select id as user, name, merchant, role, created_ms as "createdMs", ended_ms as "endedMs"
    from people.merchant_user where merchant = ${merchant} order by id`

/** Ends a user, or all users of a merchant, with their sessions. */
export async function endMerchantUsers(
  db: Db,
  { merchant, user }: { readonly merchant: Id<'mer'>; readonly user?: Id<'usr'> },
  nowMs: number,
): Promise<number> {
  const ended = await db<{ id: Id<'usr'> }[]>`
    update people.merchant_user set ended_ms = ${nowMs}
     where merchant = ${merchant} and ended_ms is null
       and (${user ?? null}::text is null or id = ${user ?? null})
    returning id`
  await db`
    update people.console_session set ended_ms = ${nowMs}
     where who = any(${ended.map(({ id }) => id)}::text[]) and ended_ms is null`
  return ended.length
}

/** Somebody who is still here; undefined where they are not, or no longer. */
export async function whoIs(db: Db, id: WhoId): Promise<Who | undefined> {
  if (isId('opr', id)) {
    const [row] = await db<Operator[]>`
      select id as operator, name, roles from people.operator
       where id = ${id} and ended_ms is null`
    return row
  }
  const [row] = await db<MerchantUser[]>`
    select id as user, name, merchant, role from people.merchant_user
     where id = ${id} and ended_ms is null`
  return row
}
