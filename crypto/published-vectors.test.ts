// Goal: where a collection of published vectors lies beside the checkout, all of ours pass:
// sealing, wrapping, MACs and hashing. Payments are in published-payments.test.ts.
// Method: read its JSON files (`cases`, each naming its source). The vectors that must pass
// everywhere are written out in the tests of each file; these come on top of them.
import assert from 'node:assert/strict'
import { createPrivateKey, timingSafeEqual } from 'node:crypto'
import { unwrapKey, wrapKey } from './aes-key-wrap.ts'
import { cmac, tdeaCmac } from './cmac.ts'
import { decap } from './hpke.ts'
import { jcs } from './jcs.ts'
import { leafHash, treeRoot, verifyInclusion } from './merkle.ts'
import { hex, hexOf, textsOf, vectors } from './published-vectors.ts'

vectors(
  'hpke',
  {
    full: (vector) => {
      // Every suite with our KEM and an unauthenticated mode has the same shared secret.
      if (vector['kem_id'] !== 0x0010 || Number(vector['mode']) > 1) return
      const publicBytes = hex(vector['pkRm'])
      const [x, y, d] = [
        publicBytes.subarray(1, 33),
        publicBytes.subarray(33),
        hex(vector['skRm']),
      ].map((part) => Buffer.from(part).toString('base64url'))
      assert.ok(x && y && d)
      const key = { kty: 'EC', crv: 'P-256', x, y, d }
      const privateKey = createPrivateKey({ key, format: 'jwk' })
      const secret = decap(hex(vector['enc']), { privateKey, publicBytes })
      assert.equal(hexOf(secret), vector['shared_secret'], vector.id)
    },
  },
  ['accumulated'],
)

vectors(
  'aes-key-wrap',
  {
    kwp: ({ id, kek, plaintext, wrapped }) => {
      assert.equal(hexOf(wrapKey(hex(kek), hex(plaintext))), wrapped, id)
      assert.equal(hexOf(unwrapKey(hex(kek), hex(wrapped))), plaintext, id)
    },
    kwp_unwrap: ({ id, kek, wrapped }) =>
      assert.throws(() => unwrapKey(hex(kek), hex(wrapped)), { code: 'unwrap_failed' }, id),
  },
  ['kw', 'kw_unwrap'],
)

vectors(
  'aes-cmac',
  {
    cmac: ({ id, cipher, key, message, mac }) => {
      const tag = cipher === 'AES' ? cmac : tdeaCmac
      assert.equal(hexOf(tag(hex(key), hex(message))), mac, id)
    },
    cmac_verify: ({ id, key, message, mac, result }) =>
      assert.equal(timingSafeEqual(cmac(hex(key), hex(message)), hex(mac)), result === 'valid', id),
  },
  ['subkeys'],
)

vectors('jcs', {
  canonicalize: ({ id, input, output }) => assert.equal(jcs(JSON.parse(String(input))), output, id),
  number: ({ id, ieee754, json }) => {
    const number = Buffer.from(String(ieee754), 'hex').readDoubleBE()
    if (json === null) assert.throws(() => jcs(number), { code: 'not_json' }, id)
    else assert.equal(jcs(number), json, id)
  },
})

vectors(
  'merkle-rfc6962',
  {
    root: ({ id, leaves, root }) =>
      assert.equal(hexOf(treeRoot(textsOf(leaves).map((leaf) => leafHash(hex(leaf))))), root, id),
    inclusion: (vector) => {
      const claim = {
        leafHash: hex(vector['leaf_hash']),
        index: Number(vector['leaf_index']),
        size: Number(vector['tree_size']),
        proof: textsOf(vector['proof']).map(hex),
        root: hex(vector['root']),
      }
      assert.equal(verifyInclusion(claim), vector['valid'], vector.id)
    },
  },
  ['consistency'],
)
