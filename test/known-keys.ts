/**
 * For tests, loaded before a process's own code (`node --import`): key pairs of P-256 come from a
 * seed, so that a test can know a private key that the process never tells. The scalar is wiped
 * here at once; what is found in memory later is what the process itself holds.
 */
import crypto, { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** PKCS#8 of a P-256 key up to its scalar (RFC 5208, RFC 5915). */
const PKCS8 = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'

/** The n-th private key of a seed. */
export const scalarOf = (seed: string, nth: number): Buffer =>
  createHash('sha256').update(`${seed}/${nth}`).digest()

export function keyOf(scalar: Uint8Array) {
  const der = Buffer.concat([Buffer.from(PKCS8, 'hex'), scalar])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

const seed = process.env['KNOWN_KEYS_SEED']
if (seed !== undefined) {
  let made = 0
  const generate = () => {
    const scalar = scalarOf(seed, made)
    made += 1
    const pair = keyOf(scalar)
    scalar.fill(0)
    return pair
  }
  Object.assign(crypto, { generateKeyPairSync: generate })
  syncBuiltinESMExports()
}
