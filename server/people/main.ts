/**
 * An act on the list of operators, by who runs the house: `add NAME ROLE…`, `end NAME`, `list`.
 * Prints one JSON line; the token of a new operator is readable in it and never again.
 * Run with the application's role: DATABASE_URL.
 */
import { randomBytes } from 'node:crypto'
import { mintId } from '@warifu/protocol/ids'
import { isOperatorRole, operatorRoles } from '@warifu/protocol/operator-objects'
import { openStore, type Store } from '#store'
import { addOperator, endOperator, listOperators } from './operator.ts'

class Misunderstood extends Error {}

async function add({ sql }: Store, [name = '', ...roles]: readonly string[]): Promise<object> {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u.test(name))
    throw new Misunderstood('A name of 1 to 40 letters, digits, spaces and ._- is expected.')
  const known = roles.filter(isOperatorRole)
  if (known.length === 0 || known.length !== roles.length)
    throw new Misunderstood(`A role is one of ${operatorRoles.join(', ')}.`)
  const nowMs = Date.now()
  const id = mintId({ prefix: 'opr', lane: 0, nowMs, chance: randomBytes(14) })
  const token = await addOperator(sql, { id, name, roles: known, secret: randomBytes(32), nowMs })
  if (token === undefined) throw new Misunderstood(`There is an operator ${name} already.`)
  return { operator: id, name, roles: known, token }
}

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

const acts = { add, end, list }
const isAct = (name: string): name is keyof typeof acts => Object.hasOwn(acts, name)

async function main([act = '', ...words]: readonly string[]): Promise<void> {
  const url = process.env['DATABASE_URL']
  if (!url) throw new Misunderstood('DATABASE_URL is not set: the server’s database.')
  if (!isAct(act)) throw new Misunderstood(`An act is one of ${Object.keys(acts).join(', ')}.`)
  const store = openStore(url, 1)
  try {
    console.log(JSON.stringify(await acts[act](store, words)))
  } finally {
    await store.end()
  }
}

try {
  await main(process.argv.slice(2))
} catch (fault) {
  const isOurs = fault instanceof Misunderstood
  console.error(
    isOurs
      ? fault.message
      : `This failed: ${fault instanceof Error ? fault.message : 'unknown fault'}`,
  )
  process.exitCode = isOurs ? 2 : 1
}
