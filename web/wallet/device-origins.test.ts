/**
 * Goal: the wallet's page may call devices of its own machine, and by this setting nobody else.
 * Method: read settings, right and wrong; look at the policy that a page is served with.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentSecurityPolicy } from '@warifu/web/serving'
import { readDeviceOrigins } from './device-origins.ts'

test('names devices with their loopback origins', () => {
  const [proximity, sim] = ['ws://127.0.0.1:8733', 'http://127.0.0.1:8735']
  const origins = readDeviceOrigins(`proximity=${proximity},sim=${sim}`)
  assert.deepEqual(origins, { proximity, sim })
  const policy = contentSecurityPolicy({ connect: Object.values(origins) })
  assert.ok(policy.includes(`connect-src 'self' ${proximity} ${sim};`))
  assert.deepEqual(readDeviceOrigins(''), {})
})

test('refuses names it does not know and addresses that are not of this machine', () => {
  for (const text of [
    'toaster=ws://127.0.0.1:1234',
    'reader=wss://example.com',
    'reader=ws://127.0.0.1:1234/path',
    'reader=ws://127.0.0.1.example.com:80',
    'reader=ws://0.0.0.0:8000',
    'ws://127.0.0.1:1234',
    "reader=ws://127.0.0.1:1234; script-src 'unsafe-inline'",
  ])
    assert.throws(() => readDeviceOrigins(text), /DEVICE_ORIGINS: expected/, text)
})
