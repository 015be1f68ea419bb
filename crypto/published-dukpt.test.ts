// Goal: where a collection of published vectors lies beside the checkout, DUKPT with AES and TDES
// and the MACs of ISO 9797-1 pass all of it, refusals included.
// Method: as in published-vectors.test.ts.
import assert from 'node:assert/strict'
import { createCipheriv, createHmac } from 'node:crypto'
import { encryptBlocks } from './aes-ecb.ts'
import { cmac, tdeaCmac } from './cmac.ts'
import * as aes from './dukpt-aes.ts'
import { createDeviceState } from './dukpt-device.ts'
import * as tdes from './dukpt-tdes.ts'
import { macAlgorithm1, macAlgorithm3, type Padding, retailKeysOf } from './iso9797-mac.ts'
import * as pinBlock from './pin-block.ts'
import { type Case, hex, hexOf, textsOf, vectors } from './published-vectors.ts'
import { tdeaEncrypt, tdeaEncryptCbc } from './tdea.ts'

const upper = (some: Uint8Array) => hexOf(some).toUpperCase()
const ascii = (text: unknown) => Buffer.from(String(text), 'latin1')
const paddingOf = (value: unknown): Padding => (value === 1 ? 1 : value === 2 ? 2 : 3)
const zeroPadded = (data: Uint8Array, block: number) => {
  const padded = new Uint8Array(Math.ceil(data.length / block) * block)
  padded.set(data)
  return padded
}

// ─── AES DUKPT ───────────────────────────────────────────────────────────────────────────────

// biome-ignore format: a table
const usages: Readonly<Record<string, aes.KeyUsage>> = {
  KEK: 'key_encryption', PIN: 'pin', MAC_GEN: 'mac_generation', MAC_VER: 'mac_verification',
  DATA_ENC: 'data_encrypt', DATA_DEC: 'data_decrypt',
  1000: 'pin', 2000: 'mac_generation', 2001: 'mac_verification',
  3000: 'data_encrypt', 3001: 'data_decrypt',
}
const keyTypes: Readonly<Record<string, aes.KeyType>> = {
  '2TDEA': 'tdes2',
  '3TDEA': 'tdes3',
  AES128: 'aes128',
  AES192: 'aes192',
  AES256: 'aes256',
  HMAC128: 'hmac128',
  HMAC192: 'hmac192',
  HMAC256: 'hmac256',
}

function workingKeyOf(vector: Case): Uint8Array {
  const usage = usages[String(vector['usage'] ?? vector['usage_code'] ?? 1000)]
  const keyType = keyTypes[String(vector['key_type'])]
  assert.ok(usage && keyType, vector.id)
  const ksn = hex(vector['ksn'])
  return aes.deriveWorkingKey({ initialKey: hex(vector['initial_key']), ksn, usage, keyType })
}

const cmacCase = (vector: Case) =>
  assert.equal(upper(cmac(workingKeyOf(vector), ascii(vector['message_ascii']))), vector['result'])
const hmacCase = (vector: Case) => {
  const tag = createHmac('sha256', workingKeyOf(vector)).update(ascii(vector['message_ascii']))
  assert.equal(upper(tag.digest()), vector['result'], vector.id)
}
const dataCase = (vector: Case) => {
  const cipher = createCipheriv('aes-128-cbc', workingKeyOf(vector), new Uint8Array(16))
  const data = cipher.update(zeroPadded(ascii(vector['message_ascii']), 16))
  assert.equal(upper(data), vector['result'], vector.id)
}

vectors('aes-dukpt', {
  initial_key: ({ id, bdk, initial_key_id, initial_key }) => {
    const key = aes.deriveInitialKey({ bdk: hex(bdk), initialKeyId: hex(initial_key_id) })
    assert.equal(upper(key), initial_key, id)
  },
  derivation_data: (vector) => {
    const { id, initial_key_id: keyId, counter, key_type, bdk_bytes, block_counter } = vector
    const type = keyTypes[String(key_type ?? `AES${Number(bdk_bytes) * 8}`)]
    assert.ok(type)
    const tail = counter === undefined ? hex(keyId) : hex(`${String(keyId).slice(8)}${counter}`)
    const usage = Number.parseInt(String(vector['usage']), 16)
    const at = 16 * (Number(block_counter) - 1)
    const blocks = aes.derivationData({ usage, type, tail })
    assert.equal(upper(blocks.subarray(at, at + 16)), vector['data'], id)
  },
  transaction_key: ({ id, initial_key, ksn, transaction_key, one_bits }) => {
    const derive = () => aes.deriveTransactionKey({ initialKey: hex(initial_key), ksn: hex(ksn) })
    if (Number(one_bits) <= 16) return assert.equal(upper(derive()), transaction_key, id)
    // The counter of the update key: refused as a transaction, and the way to that one key.
    assert.throws(derive, { code: 'unusable_counter' }, id)
    const [update] = aes.deriveWorkingKeys({
      transactionKey: hex(transaction_key),
      ksn: hex(ksn),
      wanted: [{ usage: 'key_encryption', keyType: 'aes128' }],
    })
    const { initialKeyId } = aes.parseKsn(hex(ksn))
    const asked = { initialKey: hex(initial_key), initialKeyId, keyType: 'aes128' } as const
    assert.deepEqual(aes.deriveUpdateKey(asked), update, id)
  },
  working_key: (vector) =>
    assert.equal(upper(workingKeyOf(vector)), vector['working_key'], vector.id),
  update_key: ({ id, initial_key, initial_key_id, key_type, key }) => {
    const keyType = keyTypes[String(key_type)]
    assert.ok(keyType)
    const initialKeyId = hex(initial_key_id)
    const update = aes.deriveUpdateKey({ initialKey: hex(initial_key), initialKeyId, keyType })
    assert.equal(upper(update), key, id)
  },
  next_counter: ({ id, counter, next }) => {
    const after = aes.nextCounter(Number.parseInt(String(counter), 16))
    assert.equal(after, Number.parseInt(String(next), 16), id)
  },
  intermediate_key_registers: ({ id, initial_key, initial_key_id, registers }) => {
    const initialKeyId = hex(initial_key_id)
    const state = createDeviceState({ initialKey: hex(initial_key), initialKeyId })
    assert.equal(upper(state.registers), textsOf(registers).join(''), id)
  },
  reject: (vector) => {
    if (vector['initial_key'] !== undefined)
      return assert.throws(() => workingKeyOf(vector), { code: 'key_too_strong' }, vector.id)
    assert.throws(() => aes.parseKsn(hex(vector['ksn'])), { code: 'bad_ksn_length' }, vector.id)
  },
  pin_block_format4: (vector) => {
    const [pin, pan] = [String(vector['pin']), String(vector['pan'])]
    const key = workingKeyOf(vector)
    assert.equal(upper(key), vector['pin_key'], vector.id)
    const block = pinBlock.encodeFormat4({ key, pin, pan, random: hex(vector['random']) })
    assert.equal(upper(block), vector['encrypted_pin_block'], vector.id)
    assert.equal(pinBlock.decodeFormat4({ key, block, pan }), pin, vector.id)
  },
  pin_block_format4_intermediate: ({ id, pin_key, intermediate_b, encrypted_pin_block }) =>
    assert.equal(upper(encryptBlocks(hex(pin_key), hex(intermediate_b))), encrypted_pin_block, id),
  'cmac-request': cmacCase,
  'cmac-response': cmacCase,
  'hmac-request': hmacCase,
  'hmac-response': hmacCase,
  'data-request': dataCase,
  'data-response': dataCase,
})

// ─── TDES DUKPT, ISO 9797-1 ──────────────────────────────────────────────────────────────────

const retail = (key: Uint8Array, data: unknown) =>
  upper(macAlgorithm3(retailKeysOf(key), ascii(data), 1))
const encrypted = (key: Uint8Array, data: unknown) =>
  upper(tdeaEncryptCbc({ key, iv: new Uint8Array(8), data: zeroPadded(ascii(data), 8) }))

vectors('tdes-dukpt', {
  initial_key: ({ id, bdk, ksn, initial_key }) =>
    assert.equal(
      upper(tdes.deriveInitialTdesKey({ bdk: hex(bdk), ksn: hex(ksn) })),
      initial_key,
      id,
    ),
  transaction: (vector) => {
    const { id, bdk, ksn, initial_key, data_ascii: data, pin, pan } = vector
    const initialKey = tdes.deriveInitialTdesKey({ bdk: hex(bdk), ksn: hex(ksn) })
    assert.equal(upper(initialKey), initial_key, id)
    const key = tdes.deriveTdesTransactionKey({ initialKey, ksn: hex(ksn) })
    assert.equal(upper(key), vector['transaction_key'], id)
    const pinKey = tdes.variantOf(key, 'pin')
    assert.equal(upper(pinKey), vector['pin_key'], id)
    const block = pinBlock.encodeFormat0({ pin: String(pin), pan: String(pan) })
    assert.equal(upper(block), vector['pin_block_format0'], id)
    assert.equal(upper(tdeaEncrypt(pinKey, block)), vector['encrypted_pin_block'], id)
    const half = (use: tdes.TdesVariant) => retail(tdes.variantOf(key, use), data).slice(0, 8)
    assert.equal(half('mac_request'), vector['mac_request'], id)
    assert.equal(half('mac_response'), vector['mac_response'], id)
    const dataKey = tdes.variantOf(key, 'data_request')
    assert.equal(encrypted(dataKey, data), vector['data_request_cbc'], id)
  },
  both_directions: ({ id, transaction_key, data_ascii: data, ...expected }) => {
    const key = (use: tdes.TdesVariant) => tdes.variantOf(hex(transaction_key), use)
    assert.equal(encrypted(key('data_request'), data), expected['data_request_cbc'], id)
    assert.equal(encrypted(key('data_response'), data), expected['data_response_cbc'], id)
    assert.equal(retail(key('mac_request'), data), expected['mac_request_8'], id)
    assert.equal(retail(key('mac_response'), data), expected['mac_response_8'], id)
  },
  tdes_cmac: ({ id, transaction_key, data_ascii: data, cmac_request, cmac_response }) => {
    const tag = (use: tdes.TdesVariant) =>
      upper(tdeaCmac(tdes.variantOf(hex(transaction_key), use), ascii(data)))
    assert.deepEqual([tag('mac_request'), tag('mac_response')], [cmac_request, cmac_response], id)
  },
  counter_sequence: ({ id, counters }) => {
    let counter = 0
    for (const expected of textsOf(counters)) {
      counter = tdes.nextTdesCounter(counter)
      assert.equal(counter, Number.parseInt(expected, 16), id)
    }
  },
})

vectors('iso9797-mac', {
  alg1_tdes: ({ id, key, message, padding, mac }) =>
    assert.equal(upper(macAlgorithm1(hex(key), hex(message), paddingOf(padding))), mac, id),
  alg3: retailCase,
  alg3_double_length_keys: retailCase,
})

function retailCase({ id, key1, key2, message, padding, mac }: Case): void {
  const keys = { key1: hex(key1), key2: hex(key2) }
  assert.equal(upper(macAlgorithm3(keys, hex(message), paddingOf(padding))), mac, id)
}
