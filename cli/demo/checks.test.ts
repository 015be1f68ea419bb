// Goal: the demo cannot pass by accident: a missing refusal, another code or a failed step is seen.
// Method: steps and refusals that go well, wrong and otherwise than expected.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TerminalError } from '@warifu/devices/terminal'
import { createChecks } from './checks.ts'
import { luhnNumbers } from './reading.ts'
import { flipBit } from './refusals.ts'

const failing = async () => {
  throw new TerminalError('seal_invalid', 'no')
}

test('a step that fails ends the journey, and says with which code', async () => {
  const checks = createChecks()
  assert.equal(await checks.step('one', async () => 5), 5)
  await assert.rejects(checks.step('two', failing), { name: 'JourneyEnded' })
  assert.deepEqual(checks.list, [
    { name: 'one', ok: true, saw: '' },
    { name: 'two', ok: false, saw: 'seal_invalid' },
  ])
})

test('a refusal counts only with its own code', async () => {
  const checks = createChecks()
  await checks.refused('thrown', 'seal_invalid', failing)
  await checks.refused('declined', 'limit_exceeded', async () => ({
    declined_because: 'limit_exceeded',
  }))
  await checks.refused('another code', 'blob_invalid', failing)
  await checks.refused('paid', 'limit_exceeded', async () => ({
    declined_because: null,
    status: 'authorized',
  }))
  await checks.refused('a bug', 'limit_exceeded', async () => {
    throw new TypeError('limit_exceeded')
  })
  assert.deepEqual(
    checks.list.map(({ ok }) => ok),
    [true, true, false, false, false],
  )
})

test('one bit is flipped, of the sealed card and of nothing else', () => {
  const inner = { header: { v: 1 }, wrapped_key: 'AAAA', iv: 'AAAA', ct: 'AAAA' }
  const blob = Buffer.from(JSON.stringify(inner)).toString('base64url')
  const flipped: unknown = JSON.parse(Buffer.from(flipBit(blob), 'base64url').toString())
  assert.deepEqual(flipped, { ...inner, ct: 'AQAA' })
})

test('card numbers are found in text, other digits are not', () => {
  // 4111… is a well-known test number, but not of our range; the last two digits of 9900… vary.
  const text = 'a 9900120000000008 b 4111111111111111 c 9900120000000009 d 19900120000000008'
  assert.deepEqual(luhnNumbers(text), ['9900120000000008'])
})
