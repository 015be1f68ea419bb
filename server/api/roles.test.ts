// Goal: the one door lets in the roles that the contract names, at every endpoint, and nobody else.
// Method: the door itself, with sessions of every persona; what it answers is compared with the
//   contract, and with the table that people read, endpoint by endpoint. No process, no database.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Scope, scopeOf } from '@warifu/protocol/api-key-contract'
import { type Persona, personaNames, personas, scopesOfRole } from '@warifu/protocol/console-roles'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { OperatorRole } from '@warifu/protocol/operator-objects'
import { createDoors } from './authentication.ts'

const nowMs = Date.UTC(2027, 0, 5)
const consoleOrigin = 'http://console.localhost:1'

function sessionOf(name: Persona) {
  const persona = personas[name]
  const about = {
    session: 'ses_1',
    by: 'sandbox',
    expiresMs: nowMs + 1,
    idleEndsMs: nowMs + 1,
  } as const
  const who =
    'operator' in persona
      ? { operator: 'opr_1' as Id<'opr'>, name, roles: persona.operator }
      : { user: 'usr_1' as Id<'usr'>, name, merchant: 'mer_1' as Id<'mer'>, role: persona.merchant }
  return { ...about, who }
}
const isPersona = (name: string): name is Persona => name in personas
const nobody = async () => undefined

const doors = createDoors({
  consoleOrigin,
  consoleSessionOf: async (token) => {
    const name = token.slice('wc_'.length)
    return isPersona(name) ? sessionOf(name) : undefined
  },
  merchantOf: nobody,
  perSecond: 1000,
  allow: () => ({ ok: true, remaining: 1, retryAfterS: 1 }),
  pace: () => ({ ok: true, remaining: 1, retryAfterS: 1 }),
  sessionOf: nobody,
  operatorOf: nobody,
  terminalKey: nobody,
  bureauKey: nobody,
  takeBureauCounter: async () => false,
  sandbox: true,
  wall: () => nowMs,
})

const incoming = (method: 'GET' | 'POST', cookie: string) => ({
  method,
  path: '/v1/x',
  query: '',
  headers: { cookie, origin: consoleOrigin, 'warifu-console': '1', 'idempotency-key': 'once' },
  text: '',
  body: new Uint8Array(),
  address: '127.0.0.1',
  nowMs,
})

/** What the contract says of a role at an endpoint: written once more, from its words. */
type Verdict = 'in' | 'role_missing' | 'scope_missing' | 'unauthenticated'

function verdictOf(endpoint: Endpoint, name: Persona): Verdict {
  const persona = personas[name]
  const roles: readonly OperatorRole[] = 'operator' in persona ? persona.operator : []
  if (endpoint.caller === 'anyone' || endpoint.caller === 'sandbox') return 'in'
  if (endpoint.caller === 'console') return 'in'
  if (endpoint.caller === 'operator')
    return (endpoint.roles ?? []).some((role) => roles.includes(role)) ? 'in' : 'role_missing'
  if (endpoint.caller !== 'merchant') return 'unauthenticated'
  if (!('merchant' in persona)) return 'role_missing'
  const scopes: readonly Scope[] | null = scopesOfRole[persona.merchant]
  const scope = scopeOf(endpoint)
  return scopes === null || (scope !== undefined && scopes.includes(scope)) ? 'in' : 'scope_missing'
}

test('every role at every endpoint, as the contract says', async () => {
  const counts = new Map<string, number>()
  for (const name of personaNames)
    for (const [endpointName, endpoint] of Object.entries<Endpoint>(contract)) {
      const asked = incoming(endpoint.method, `warifu_console=wc_${name}`)
      const answer = await doors[endpoint.caller](endpoint, asked)
      const expected = verdictOf(endpoint, name)
      assert.equal(answer.ok ? 'in' : answer.refusal, expected, `${name} at ${endpointName}`)
      counts.set(expected, (counts.get(expected) ?? 0) + 1)
    }
  for (const verdict of ['in', 'role_missing', 'scope_missing', 'unauthenticated'])
    assert((counts.get(verdict) ?? 0) > 20, verdict)
})

const columns = [
  ['issuer', 'issuer'],
  ['operator', 'operator'],
  ['auditor', 'auditor'],
  ['owner', 'merchant_admin'],
  ['clerk', 'merchant_clerk'],
  ['looker', 'merchant_viewer'],
] as const

test('every role at every endpoint, as the page about roles says, row by row', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/console-roles.md'), 'utf8')
  const cells = (line: string) =>
    line
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim())
  const lines = page.split('\n')
  const head = lines.find((line) => line.startsWith('| call |')) ?? ''
  assert.deepEqual(
    cells(head),
    columns.map(([name]) => name),
  )
  const said = new Map<string, string>()
  for (const line of lines) {
    const [, call] = /^\| `([A-Z]+ \S+)` \|/.exec(line) ?? []
    if (call === undefined) continue
    assert(!said.has(call), `${call} stands there twice`)
    said.set(call, cells(line).join())
  }
  for (const [name, endpoint] of Object.entries<Endpoint>(contract)) {
    if (!['console', 'operator', 'merchant'].includes(endpoint.caller)) continue
    const may: string[] = []
    for (const [, persona] of columns) {
      const asked = incoming(endpoint.method, `warifu_console=wc_${persona}`)
      may.push((await doors[endpoint.caller](endpoint, asked)).ok ? '●' : '')
    }
    const call = `${endpoint.method} ${endpoint.path}`
    assert.equal(said.get(call), may.join(), `${name}: ${call}`)
    said.delete(call)
  }
  assert.deepEqual([...said.keys()], [], 'calls that there are no more')
})

test('without a cookie, or with nobody’s, no endpoint of the console’s opens', async () => {
  for (const [name, endpoint] of Object.entries<Endpoint>(contract)) {
    if (!['console', 'operator', 'merchant'].includes(endpoint.caller)) continue
    for (const [cookie, refusal] of [
      ['', 'unauthenticated'],
      ['warifu_console=wc_nobody', 'console_session_invalid'],
    ] as const) {
      const answer = await doors[endpoint.caller](endpoint, incoming(endpoint.method, cookie))
      assert.equal(answer.ok || answer.refusal, refusal, name)
    }
  }
})

test('an auditor reads whatever anybody here reads, and changes nothing', () => {
  for (const [name, { caller, method, roles = [] }] of Object.entries<Endpoint>(contract)) {
    if (caller !== 'operator') continue
    assert(roles.length > 0, `${name} lets nobody in`)
    assert.equal(roles.includes('auditor'), method === 'GET', name)
  }
})
