// Goal: a secret never shows its bytes and is gone after its scope.
// Method: every usual way of printing, copying and serialising; reading after the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { Secret } from './secret.ts'

test('the bytes are lent to work and to nobody else', () => {
  const secret = new Secret(Uint8Array.of(0xc0, 0xff, 0xee))
  assert.equal(
    secret.use((bytes) => Buffer.from(bytes).toString('hex')),
    'c0ffee',
  )
})

test('printing and serialising show a word, never the bytes', () => {
  const secret = new Secret(Uint8Array.of(0xc0, 0xff, 0xee))
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify(secret),
    inspect(secret),
    format('%o', secret),
  ]
  for (const text of shown) assert.match(text, /^"?\[secret\]"?$/)
  assert.equal(JSON.stringify({ key: secret }), '{"key":"[secret]"}')
  assert.equal(inspect({ key: secret }, { showHidden: true, depth: 9 }), '{ key: [secret] }')
  assert.deepEqual(Object.entries(secret), [])
  assert.deepEqual(Object.entries({ ...secret }), [])
})

test('the end of the scope wipes the bytes, and a wiped secret is not a key of zeros', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  let kept: Secret
  {
    using secret = new Secret(bytes)
    kept = secret
    assert.equal(
      secret.use((some) => some.length),
      3,
    )
  }
  assert.deepEqual(bytes, new Uint8Array(3))
  assert.throws(() => kept.use(() => 1), /wiped/)
})
