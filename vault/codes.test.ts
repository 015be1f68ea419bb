// Goal: a code can be guessed as often as it has tries, whoever counts, and is kept nowhere.
// Method: attempts in sequence and at the same time on a real PostgreSQL; a search of every table.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { codeOf } from './codes.ts'
import { ask, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { must, NOW } from './rehearsal-person.ts'

let vault: Rehearsal
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'codes' })
})
after(() => vault.close())

const expires_at = '2027-01-05T00:10:00.000Z'

async function make(tries = 3) {
  const verification = vault.newId('ver')
  const { code } = await must(vault.dispatch, 'make_code', { verification, tries, expires_at })
  const wrong = code === '000000' ? '000001' : '000000'
  return { verification, code, wrong }
}
type Guess = { readonly verification: Id<'ver'>; readonly code: string; readonly now?: string }
const guess = async ({ verification, code, now = NOW }: Guess, attempt = vault.newId('req')) =>
  wordOf(await ask(vault.dispatch, 'check_code', { verification, attempt, code, now }))

test('the right code is good once', async () => {
  const { verification, code } = await make()
  const attempt = vault.newId('req')
  assert.equal(await guess({ verification, code }, attempt), 'ok')
  assert.equal(await guess({ verification, code }, attempt), 'ok', 'the same attempt, its answer')
  assert.equal(await guess({ verification, code }), 'code_exhausted')
})

test('the same attempt is counted once, even when it is asked again later', async () => {
  const { verification, code, wrong } = await make(2)
  const attempt = vault.newId('req')
  for (const now of [NOW, NOW, '2027-01-05T00:00:07.000Z'])
    assert.equal(await guess({ verification, code: wrong, now }, attempt), 'code_wrong')
  assert.equal(await guess({ verification, code }), 'ok')
})

test('the same attempt with another code is another try', async () => {
  const { verification, code, wrong } = await make(1)
  const attempt = vault.newId('req')
  assert.equal(await guess({ verification, code: wrong }, attempt), 'code_wrong')
  assert.equal(await guess({ verification, code }, attempt), 'code_exhausted')
})

test('forty guesses at the same time are still three', async () => {
  const { verification, wrong } = await make(3)
  const words = await Promise.all(
    Array.from({ length: 40 }, () => guess({ verification, code: wrong })),
  )
  assert.equal(words.filter((word) => word === 'code_wrong').length, 3)
  assert.equal(words.filter((word) => word === 'code_exhausted').length, 37)
})

test('the deadline: the last millisecond counts, the next does not', async () => {
  const one = await make()
  assert.equal(await guess({ ...one, now: expires_at }), 'ok')
  const two = await make()
  assert.equal(await guess({ ...two, now: '2027-01-05T00:10:00.001Z' }), 'code_expired')
})

test('asked for again, a verification has the same code and no new tries', async () => {
  const { verification, code, wrong } = await make(1)
  const input = { verification, tries: 9, expires_at: '2027-01-06T00:00:00.000Z' }
  assert.equal((await must(vault.dispatch, 'make_code', input)).code, code)
  assert.equal(await guess({ verification, code: wrong }), 'code_wrong')
  assert.equal(await guess({ verification, code }), 'code_exhausted')
})

test('codes differ, have six digits, and stand in no table', async () => {
  const made = await Promise.all(Array.from({ length: 50 }, () => make()))
  assert(new Set(made.map(({ code }) => code)).size > 45)
  for (const { code, verification } of made) {
    assert.match(code, /^[0-9]{6}$/)
    assert.equal(code, codeOf(vault.world.hierarchy, verification))
  }
  const rows = await vault.superuser<{ text: string }[]>`
    select verification || tries_left as text from codes.code
    union all select answer from calls.answer
    union all select record from audit.record`
  const said = rows.map(({ text }) => text.replaceAll(/ver_[0-9A-Z]{26}/g, '')).join('\n')
  assert(said.length > 1000)
  for (const { code } of made) assert(!said.includes(`"${code}"`) && !said.includes(`:${code}`))
})
