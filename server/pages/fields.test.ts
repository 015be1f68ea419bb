// Goal: a reader of the reference sees each field with its type, what it may be, and whether it
//   may be left out.
// Method: schemas as the contract has them, and every schema of the contract once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { boundsOf, fieldList, typeOf } from './fields.ts'
import { referenceWords } from './reference-words.ts'

type Schema = Readonly<Record<string, unknown>>
const words = referenceWords('en')
const { say } = words
// TypeBox schemas are JSON Schemas, read here as such.
const bodyOfPayment = contract.createPayment.body as unknown as Schema
const field = (name: string) =>
  Object.entries(bodyOfPayment['properties'] ?? {}).find(([one]) => one === name)?.[1] ?? {}

test('types are told in words', () => {
  assert.equal(typeOf(field('amount'), say), 'integer')
  assert.equal(typeOf(field('store'), say), 'id str_…')
  assert.equal(typeOf(field('capture_method'), say), '"automatic" | "manual"')
  assert.equal(typeOf(field('lines'), say), 'array of object')
  assert.equal(typeOf({ anyOf: [{ type: 'string' }, { type: 'null' }] }, say), 'string | null')
})

test('bounds are told, optional fields are marked, objects are opened', () => {
  assert.equal(boundsOf(field('expires_in'), say), '1 … 3600')
  const { html } = fieldList(bodyOfPayment, words)
  assert.match(
    html,
    /name">amount<\/code>\s*<span class="type">integer<\/span>\s*<span class="by">1/,
  )
  assert.match(
    html,
    /name">return_url<\/code>\s*<span class="type">string<\/span> <span class="by">optional/,
  )
  assert.match(html, /name">quantity/)
})

test('every field of the contract has a type', () => {
  for (const [name, { body, query, answer }] of Object.entries<Endpoint>(contract))
    for (const schema of [body, query, answer]) {
      const { html } = fieldList((schema ?? {}) as Schema, words)
      assert.doesNotMatch(html, /"type">(?:anything)?<\/span>/, name)
    }
})
