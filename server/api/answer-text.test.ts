// Goal: an answer leaves as the contract's schema has it: null where it may be null, and no field
//   that the schema does not name, however deep it lies.
// Method: answers of all forms that the contract knows, through Fastify's own serialiser.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { contract } from '@warifu/protocol/contract'
import { closed, nullable, oneOf } from '@warifu/protocol/shapes'
import { type FastifyInstance, fastify } from 'fastify'
import { Type } from 'typebox'
import { sendingOf } from './answer-text.ts'

const answer = closed({
  name: nullable(Type.String()),
  count: nullable(Type.Integer()),
  word: nullable(oneOf(['yes', 'no'])),
  part: nullable(closed({ id: Type.String(), again: nullable(closed({ deep: Type.String() })) })),
  list: nullable(Type.Array(nullable(closed({ a: Type.Integer() })))),
  kind: nullable(
    Type.Union([
      closed({ kind: Type.Literal('one'), one: Type.String() }),
      closed({ kind: Type.Literal('two'), two: nullable(Type.Integer()) }),
    ]),
  ),
  notes: Type.Record(Type.String(), Type.String()),
})
const empty = { name: null, count: null, word: null, part: null, list: null, kind: null, notes: {} }
const full = {
  name: 'a"b',
  count: 0,
  word: 'no',
  part: { id: 'x', again: { deep: '深' } },
  list: [{ a: 1 }, null],
  kind: { kind: 'two', two: null },
  notes: { any: 'thing' },
}

let sent: unknown
let app: FastifyInstance
before(() => {
  app = fastify()
  const send = sendingOf({ ...contract.getPayment, status: 201, answer })
  app.get('/', async (_, reply) => send(reply, sent))
})
const told = async (value: unknown) => {
  sent = value
  const reply = await app.inject('/')
  return { status: reply.statusCode, type: reply.headers['content-type'], body: reply.json() }
}

test('what is null and what is not leave as they are, with status and type', async () => {
  const json = { status: 201, type: 'application/json; charset=utf-8' }
  assert.deepEqual(await told(empty), { ...json, body: empty })
  assert.deepEqual(await told(full), { ...json, body: full })
  const one = { ...full, kind: { kind: 'one', one: '1' } }
  assert.deepEqual(await told(one), { ...json, body: one })
})

test('a field that the contract does not name does not leave', async () => {
  const part = { id: 'x', number: '4', again: { deep: '深', number: '4' } }
  const more = { ...full, number: '4', part, list: [{ a: 1, number: '4' }, null] }
  assert.deepEqual((await told(more)).body, full)
})

test('a field that is missing is a fault, not an answer', async () => {
  const { name: _, ...less } = full
  assert.equal((await told(less)).status, 500)
})
