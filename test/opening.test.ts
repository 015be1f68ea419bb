// Goal: whoever runs a house opens a merchant, its stores and a kind of card of their own; what is
//   wrong is told by its name, and then nothing is opened.
// Method: the house's own commands on its database; what came of them is read over HTTP.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openAtServer, operateServer } from '@warifu/cli/operators'
import { root } from '@warifu/cli/state-folder'
import { callApi } from '@warifu/sdk/api-call'
import { type House, startHouse } from './house.ts'

let house: House
let headers: { readonly authorization: string }
before(async () => {
  house = await startHouse({})
  const added = await operateServer(house.serverDatabase.url, ['add', 'Mori', 'operator'])
  headers = { authorization: `Bearer ${JSON.parse(added).token}` }
})
after(() => house?.stop())

const open = async (...words: readonly string[]) =>
  JSON.parse(await openAtServer(house.serverDatabase.url, words))
const api = () => ({ fetch: house.fetch, apiUrl: house.url })
const merchants = async () =>
  (await callApi(api(), 'findMerchants', { query: { limit: 100 }, headers })).data
const programs = async () => (await callApi(api(), 'listPrograms', {})).data

/** The program of the guide, as whoever reads it copies it. */
async function sample(): Promise<Record<string, unknown>> {
  const guide = await readFile(join(root, 'docs', 'programs.md'), 'utf8')
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? []
  return JSON.parse(json)
}

test('a merchant with its store, and another store', async () => {
  const { merchant, store } = await open('merchant', '青葉石油', '本店', '仙台 青葉通', '5541')
  const second = await open('store', merchant, '駅前', '仙台 中央', '5542')
  const found = (await merchants()).find(({ id }) => id === merchant)
  assert.equal(found?.name, '青葉石油')
  assert.deepEqual(found?.stores, [
    { id: store, name: '本店', place: '仙台 青葉通', category: '5541' },
    { id: second.store, name: '駅前', place: '仙台 中央', category: '5542' },
  ])
  const user = JSON.parse(
    await operateServer(house.serverDatabase.url, ['user-add', merchant, 'Sato', 'admin']),
  )
  assert.match(user.invitation, /^wi_/)
})

test('the program of the guide is offered, with its bounds and rules', async () => {
  const file = await sample()
  const { program } = await open('program', JSON.stringify(file))
  const [offered] = (await programs()).filter(({ id }) => id === program)
  assert.equal(offered?.name, file['name'])
  const { data } = await callApi(api(), 'findPrograms', { query: { limit: 100 }, headers })
  const found = data.find(({ id }) => id === program)
  assert.deepEqual(found?.rules, file['rules'])
  assert.deepEqual(found?.controls.categories_only, ['5541', '5542'])
  assert.equal(found?.controls.per_day, 30_000)
  const acts = await callApi(api(), 'listActRecords', { query: { limit: 100 }, headers })
  assert(
    acts.data.some(({ what, subject }) => what === 'open.program' && subject.includes(program)),
  )
})

const wrong: readonly (readonly [what: string, words: readonly string[], says: RegExp])[] = [
  ['an act that there is not', ['bank'], /merchant, store, program/],
  ['a category of three digits', ['merchant', 'A', 'A', 'B', '554'], /^category: /],
  ['no place', ['merchant', 'A', 'A'], /place/],
  ['a store of nobody', ['store', 'mer_1', 'A', 'B', '5541'], /merchant’s id/],
  ['a program that is no JSON', ['program', '{'], /JSON/],
]
for (const [what, words, says] of wrong)
  test(`${what}: told, and nothing is opened`, async () => {
    const before = await merchants()
    await assert.rejects(open(...words), { name: 'Misunderstood', message: says })
    assert.deepEqual(await merchants(), before)
  })

test('a program with a term too few, too many or of another kind: named', async () => {
  const file = await sample()
  const before = await programs()
  const { bin: _, ...less } = file
  const cases = [
    [less, /bin/],
    [{ ...file, colour: 'red' }, /colour/],
    [{ ...file, per_day: '30000' }, /per_day/],
    [{ ...file, rules: [] }, /rules/],
    [{ ...file, verification_needed: 2 }, /verification_needed/],
  ] as const
  for (const [body, says] of cases)
    await assert.rejects(open('program', JSON.stringify(body)), { message: says })
  assert.deepEqual(await programs(), before)
})
