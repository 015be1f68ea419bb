/**
 * Merkle tree over a list (RFC 9162 §2.1, the same hashing as RFC 6962), with SHA-256.
 *
 * leaf = SHA-256(0x00 ‖ data), node = SHA-256(0x01 ‖ left ‖ right); the left half is the largest
 * power of two below the size. Proofs of inclusion are made and verified (§2.1.3).
 */
import { hash } from 'node:crypto'

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  hash('sha256', Buffer.concat(parts), 'buffer')

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export const leafHash = (data: Uint8Array): Uint8Array => sha256(LEAF, data)
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(NODE, left, right)

/** The root over these leaf hashes; of an empty list, the hash of nothing. */
export function treeRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [first] = leafHashes
  if (first === undefined) return sha256()
  if (leafHashes.length === 1) return first
  const split = largestPowerBelow(leafHashes.length)
  return nodeHash(treeRoot(leafHashes.slice(0, split)), treeRoot(leafHashes.slice(split)))
}

/** The siblings on the way from leaf `index` up to the root (RFC 9162 §2.1.3.1). */
export function inclusionProof(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length)
    throw new RangeError('index: a leaf of the tree')
  if (leafHashes.length === 1) return []
  const split = largestPowerBelow(leafHashes.length)
  const left = leafHashes.slice(0, split)
  const right = leafHashes.slice(split)
  return index < split
    ? [...inclusionProof(left, index), treeRoot(right)]
    : [...inclusionProof(right, index - split), treeRoot(left)]
}

export type InclusionClaim = {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** True where the proof leads from this leaf to this root (RFC 9162 §2.1.3.2). */
export function verifyInclusion({ leafHash, index, size, proof, root }: InclusionClaim): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false
  if (index < 0 || index >= size) return false
  if ([leafHash, root, ...proof].some((node) => node.length !== 32)) return false
  const computed = rootFrom(leafHash, { index, size, proof: [...proof] })
  return computed !== undefined && Buffer.compare(computed, root) === 0
}

type Way = { readonly index: number; readonly size: number; readonly proof: Uint8Array[] }

/** Follows `inclusionProof` upwards; undefined where the proof has another length. */
function rootFrom(leaf: Uint8Array, { index, size, proof }: Way): Uint8Array | undefined {
  if (size === 1) return proof.length === 0 ? leaf : undefined
  const sibling = proof.pop()
  if (sibling === undefined) return undefined
  const split = largestPowerBelow(size)
  const isLeft = index < split
  const below = isLeft
    ? rootFrom(leaf, { index, size: split, proof })
    : rootFrom(leaf, { index: index - split, size: size - split, proof })
  if (below === undefined) return undefined
  return isLeft ? nodeHash(below, sibling) : nodeHash(sibling, below)
}

function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}
