/**
 * An act on the list of those who work here, by who runs the house: `add NAME ROLE…`, `end NAME`,
 * `list`, `invite NAME`; of a merchant's users: `user-add MERCHANT NAME ROLE`, `user-end`,
 * `user-list`, `user-invite`. Prints one JSON line; a new operator's token and the secret of an
 * invitation to the console are readable in it and never again.
 * Run with the application's role: DATABASE_URL.
 */
import { randomBytes } from 'node:crypto'
import { isMerchantRole, merchantRoles } from '@warifu/protocol/console-roles'
import { type Id, isId, mintId } from '@warifu/protocol/ids'
import { isOperatorRole, operatorRoles } from '@warifu/protocol/operator-objects'
import { openStore, type Store } from '#store'
import { logAct } from './act-log.ts'
import { faultByHouse, Misunderstood, recordByHouse } from './by-house.ts'
import { addMerchantUser, endMerchantUsers, listMerchantUsers } from './console-who.ts'
import { invite } from './invitation.ts'
import { addOperator, endOperator, listOperators } from './operator.ts'

const chance = () => randomBytes(14)
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u

function named(name: string): string {
  if (!nameForm.test(name))
    throw new Misunderstood('A name of 1 to 40 letters, digits, spaces and ._- is expected.')
  return name
}

const inviting = (db: Store['sql'], who: Id<'opr'> | Id<'usr'>) =>
  invite(db, { who, secret: randomBytes(32), nowMs: Date.now() })

async function add({ sql }: Store, [given = '', ...roles]: readonly string[]): Promise<object> {
  const name = named(given)
  const known = roles.filter(isOperatorRole)
  if (known.length === 0 || known.length !== roles.length)
    throw new Misunderstood(`A role is one of ${operatorRoles.join(', ')}.`)
  const nowMs = Date.now()
  const id = mintId({ prefix: 'opr', lane: 0, nowMs, chance: chance() })
  const token = await addOperator(sql, { id, name, roles: known, secret: randomBytes(32), nowMs })
  if (token === undefined) throw new Misunderstood(`There is an operator ${name} already.`)
  return { operator: id, name, roles: known, token, invitation: await inviting(sql, id) }
}

/** Another invitation, for another passkey; the one before is over. */
async function inviteOperator({ sql }: Store, [name = '']: readonly string[]): Promise<object> {
  const found = (await listOperators(sql)).find((one) => one.name === name)
  if (found === undefined || found.endedMs !== null)
    throw new Misunderstood(`There is no active operator ${name}.`)
  return { operator: found.id, name, invitation: await inviting(sql, found.id) }
}

function merchantOf(text: string): Id<'mer'> {
  if (!isId('mer', text)) throw new Misunderstood('A merchant’s id, mer_…, is expected.')
  return text
}

async function addUser({ sql }: Store, words: readonly string[]): Promise<object> {
  const [merchant, name, role = ''] = [merchantOf(words[0] ?? ''), named(words[1] ?? ''), words[2]]
  if (!isMerchantRole(role))
    throw new Misunderstood(`A role is one of ${merchantRoles.join(', ')}.`)
  const nowMs = Date.now()
  const id = mintId({ prefix: 'usr', lane: 0, nowMs, chance: chance() })
  if (!(await addMerchantUser(sql, { id, merchant, name, role, nowMs })))
    throw new Misunderstood(`This merchant has a user ${name} already.`)
  return { user: id, merchant, name, role, invitation: await inviting(sql, id) }
}

async function userOf({ sql }: Store, words: readonly string[]) {
  const [merchant, name] = [merchantOf(words[0] ?? ''), words[1]]
  const found = (await listMerchantUsers(sql, merchant)).find((one) => one.name === name)
  if (found === undefined || found.endedMs !== null)
    throw new Misunderstood(`This merchant has no active user ${name}.`)
  return found
}

async function endUser(store: Store, words: readonly string[]): Promise<object> {
  const { merchant, user, name } = await userOf(store, words)
  await endMerchantUsers(store.sql, { merchant, user }, Date.now())
  return { merchant, name, ended: true }
}

async function inviteUser(store: Store, words: readonly string[]): Promise<object> {
  const { merchant, user, name } = await userOf(store, words)
  return { user, merchant, name, invitation: await inviting(store.sql, user) }
}

const listUsers = async ({ sql }: Store, [merchant = '']: readonly string[]) => ({
  users: (await listMerchantUsers(sql, merchantOf(merchant))).map(({ createdMs: _, ...row }) => {
    const { endedMs, ...user } = row
    return { ...user, active: endedMs === null }
  }),
})

async function end({ sql }: Store, [name = '']: readonly string[]): Promise<object> {
  if (!(await endOperator(sql, name, Date.now())))
    throw new Misunderstood(`There is no active operator ${name}.`)
  return { name, ended: true }
}

const list = async ({ sql }: Store): Promise<object> => ({
  operators: (await listOperators(sql)).map(({ id, name, roles, endedMs }) => ({
    operator: id,
    name,
    roles,
    active: endedMs === null,
  })),
})

const acts = {
  add,
  end,
  list,
  invite: inviteOperator,
  'user-add': addUser,
  'user-end': endUser,
  'user-list': listUsers,
  'user-invite': inviteUser,
}
const isAct = (name: string): name is keyof typeof acts => Object.hasOwn(acts, name)

async function main([act = '', ...words]: readonly string[]): Promise<void> {
  const url = process.env['DATABASE_URL']
  if (!url) throw new Misunderstood('DATABASE_URL is not set: the server’s database.')
  if (!isAct(act)) throw new Misunderstood(`An act is one of ${Object.keys(acts).join(', ')}.`)
  const store = openStore(url, 1)
  try {
    const done = await acts[act](store, words)
    const told = { what: `people.${act}`, subject: words.join(' '), words, nowMs: Date.now() }
    if (!act.endsWith('list')) await logAct(store.sql, recordByHouse(told))
    console.log(JSON.stringify(done))
  } finally {
    await store.end()
  }
}

try {
  await main(process.argv.slice(2))
} catch (fault) {
  const { said, exitCode } = faultByHouse(fault)
  console.error(said)
  process.exitCode = exitCode
}
