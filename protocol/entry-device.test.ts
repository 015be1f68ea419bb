// Goal: two different messages never have one MAC input, and the schemas refuse what is no message.
// Method: properties over parts; bytes moved from one part into the next; one field bent at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Check } from 'typebox/value'
import { type EntryParts, entryMacInput, entryMessage, linkRequest } from './entry-device.ts'

const device = 'edv_01KQ0000000000000000000000' as const
const partsOf = (over: Partial<EntryParts>): EntryParts => ({
  v: 1,
  device,
  suite: 'aes-dukpt',
  ksn: new Uint8Array(12),
  iv: new Uint8Array(16),
  ct: new Uint8Array(256),
  pinBlock: undefined,
  contextDigest: new Uint8Array(32),
  ...over,
})
const hex = (parts: EntryParts) => Buffer.from(entryMacInput(parts)).toString('hex')

test('the input is every part behind its length', () => {
  const text = hex(partsOf({ ksn: Buffer.from('0123', 'hex'), iv: new Uint8Array(1) }))
  const head = Buffer.from(`warifu/entry/1/aes-dukpt/${device}`).toString('hex')
  const length = (head.length / 2).toString(16).padStart(8, '0')
  assert(text.startsWith(`${length}${head}0000000201230000000100`))
  assert(text.endsWith(`0000000000000020${'00'.repeat(32)}`))
})

test('a byte moved over the border of two parts gives another input', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(bytes, bytes, (iv, ct) => {
      const moved = { iv: new Uint8Array([...iv, ct[0] ?? 0]), ct: ct.slice(1) }
      assert.notEqual(hex(partsOf({ iv, ct })), hex(partsOf(moved)))
    }),
  )
})

test('suite, device, PIN block and context are covered', () => {
  const honest = hex(partsOf({}))
  const others = [
    partsOf({ suite: 'tdes-dukpt' }),
    partsOf({ device: 'edv_01KQ0000000000000000000001' }),
    partsOf({ pinBlock: new Uint8Array(16) }),
    partsOf({ contextDigest: new Uint8Array(32).fill(1) }),
  ]
  for (const other of others) assert.notEqual(hex(other), honest)
})

const message = {
  v: 1,
  device,
  suite: 'aes-dukpt',
  ksn: '0123456789ABCDEF00000001',
  iv: 'A'.repeat(22),
  ct: 'A'.repeat(342),
  pin_block: null,
  context: {
    sale: 'A'.repeat(43),
    purpose: 'payment',
    amount: 1200,
    currency: 'jpy',
    merchant: 'mer_01KQ0000000000000000000000',
    entry: 'keyed',
  },
  mac: 'A'.repeat(22),
}

test('a message fits; one with a bent, missing or further field does not', () => {
  assert(Check(entryMessage, message))
  const bent = [
    { ...message, ksn: message.ksn.toLowerCase() },
    { ...message, ksn: message.ksn.slice(1) },
    { ...message, ct: message.ct.slice(1) },
    { ...message, pan: '4111111111111111' },
    { ...message, context: { ...message.context, entry: 'spoken' } },
    { ...message, context: { ...message.context, amount: 0 } },
    { ...message, mac: undefined },
  ]
  for (const one of bent) assert(!Check(entryMessage, one), JSON.stringify(one))
})

test('a sale is asked without an entry of its own, and with at least one way to enter', () => {
  const { entry: _, ...context } = message.context
  const sale = { id: 1, command: 'sale', context, entry: ['keyed'], pin: false }
  assert(Check(linkRequest, sale))
  assert(!Check(linkRequest, { ...sale, entry: [] }))
  assert(!Check(linkRequest, { ...sale, context: message.context }))
  assert(!Check(linkRequest, { id: 1, command: 'erase' }))
})
