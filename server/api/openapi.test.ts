// Goal: the document is valid OpenAPI 3.1 and says what the contract says, and everything in it can
//   be found.
// Method: walk the whole document; compare it with the contract, endpoint by endpoint.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { contract, type Endpoint } from '@warifu/protocol/contract'
import { errors } from '@warifu/protocol/errors'
import { openapi, refusalsOf } from './openapi.ts'
import { statusOf } from './status.ts'

const document = JSON.parse(JSON.stringify(openapi('http://api.localhost:1')))

test('the document is valid OpenAPI 3.1, and the judge can say no', async () => {
  const judged = await new Validator().validate(structuredClone(document))
  assert.deepEqual(judged.errors ?? [], [])
  assert.equal(judged.valid, true)
  for (const spoil of [
    (copy: typeof document) => delete copy.info.version,
    (copy: typeof document) => (copy.paths['/v1/payments'].post.parameters[0].in = 'nowhere'),
    (copy: typeof document) => (copy.paths['/v1/payments'].post.responses['201'] = {}),
  ]) {
    const copy = structuredClone(document)
    spoil(copy)
    assert.equal((await new Validator().validate(copy)).valid, false)
  }
})

test('every endpoint of the contract is there, with its parameters and refusals', () => {
  for (const [name, endpoint] of Object.entries<Endpoint>(contract)) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    const operation = document.paths[path]?.[endpoint.method.toLowerCase()]
    assert.equal(operation?.operationId, name)
    const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, one]) => one)
    const declared = operation.parameters
      .filter((one: { in: string }) => one.in === 'path')
      .map((one: { name: string; required: boolean }) => one.required && one.name)
    assert.deepEqual(declared, inPath, `${name}: path parameters`)
    for (const refusal of refusalsOf(endpoint))
      assert(operation.responses[statusOf[refusal]].description.includes(`${refusal}:`), refusal)
  }
})

test('operation ids are unique and every reference resolves', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
  assert(references.length > 0)
  for (const [, pointer = ''] of references) {
    let at = document
    for (const part of pointer.split('/')) at = at?.[part]
    assert(at, pointer)
  }
  const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(
    (methods) => Object.values(methods).map((one) => one.operationId),
  )
  assert.equal(new Set(ids).size, ids.length)
})

test('money endpoints ask for a key or a reference, carry a counter, or name an act', () => {
  for (const [name, endpoint] of Object.entries<Endpoint>(contract))
    if (endpoint.movesMoney)
      assert(
        endpoint.idempotencyKey ||
          endpoint.caller === 'terminal_by_vault' ||
          ['approveAct', 'fixDifference'].includes(name) ||
          (endpoint.body &&
            'required' in endpoint.body &&
            endpoint.body.required?.includes('reference')),
        name,
      )
})

/** The codes that nobody but operators and bureaus is answered with. */
function codesOfOperators(): Set<string> {
  const [inside, outside] = [new Set<string>(), new Set<string>()]
  for (const endpoint of Object.values<Endpoint>(contract)) {
    const isInside = ['operator', 'console', 'bureau'].includes(endpoint.caller)
    for (const code of refusalsOf(endpoint)) (isInside ? inside : outside).add(code)
  }
  return new Set([...inside].filter((code) => !outside.has(code)))
}

test('every code has words for whoever may read it', () => {
  const operators = codesOfOperators()
  for (const [code, row] of Object.entries(errors)) {
    assert(row.operator.length > 0, code)
    assert(operators.has(code) || row.cardholder.length + row.merchant.length > 0, code)
    assert(!/something went wrong/i.test(row.cardholder + row.merchant), code)
  }
})
