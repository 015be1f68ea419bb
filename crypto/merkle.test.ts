// Goal: roots as published, and a proof convinces of what is in the tree and of nothing else.
// Method: the eight leaves of Certificate Transparency's reference tree; all proofs of small trees.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inclusionProof, leafHash, treeRoot, verifyInclusion } from './merkle.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const hexOf = (some: Uint8Array) => Buffer.from(some).toString('hex')

const data = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const leaves = data.map((text) => leafHash(hex(text)))
// transparency-dev/merkle, testonly/constants.go: the reference tree of RFC 6962.
const roots = {
  0: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  1: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  2: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  4: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  6: '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  8: '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
}

test('roots of the reference tree', () => {
  for (const [size, root] of Object.entries(roots))
    assert.equal(hexOf(treeRoot(leaves.slice(0, Number(size)))), root)
})

test('every leaf of every tree up to 33 leaves is proved, and only where it is', () => {
  const many = Array.from({ length: 33 }, (_, i) => leafHash(Uint8Array.of(i)))
  for (let size = 1; size <= many.length; size += 1) {
    const some = many.slice(0, size)
    const root = treeRoot(some)
    for (const [index, leaf] of some.entries()) {
      const claim = { leafHash: leaf, index, size, proof: inclusionProof(some, index), root }
      assert.ok(verifyInclusion(claim))
      assert.ok(!verifyInclusion({ ...claim, index: (index + 1) % size }) || size === 1)
      assert.ok(!verifyInclusion({ ...claim, leafHash: leafHash(Uint8Array.of(99)) }))
      assert.ok(!verifyInclusion({ ...claim, proof: [...claim.proof, root] }))
      assert.ok(!verifyInclusion({ ...claim, proof: claim.proof.slice(1) }) || size === 1)
    }
  }
})

test('claims that are no claims are refused', () => {
  const claim = {
    leafHash: leaves[0] ?? root8,
    index: 0,
    size: 8,
    proof: inclusionProof(leaves, 0),
    root: root8,
  }
  assert.ok(verifyInclusion(claim))
  const wrong = [
    { index: -1 },
    { index: 8 },
    { index: 0.5 },
    { size: 0 },
    { size: Number.NaN },
    { size: 2 ** 53 },
  ]
  for (const change of wrong) assert.equal(verifyInclusion({ ...claim, ...change }), false)
  assert.equal(verifyInclusion({ ...claim, root: root8.subarray(1) }), false)
  assert.equal(
    verifyInclusion({ ...claim, proof: claim.proof.map((node) => node.subarray(1)) }),
    false,
  )
  assert.throws(() => inclusionProof(leaves, 8), RangeError)
  assert.throws(() => inclusionProof([], 0), RangeError)
})

test('a node cannot pass for a leaf', () => {
  const [left, right] = leaves
  assert.ok(left && right)
  assert.notEqual(hexOf(leafHash(Uint8Array.of(...left, ...right))), hexOf(treeRoot([left, right])))
})

const root8 = hex(roots[8])
