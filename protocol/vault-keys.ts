/** The vault's operations: its keys by name and check value, and what protects them. */
import { Type } from 'typebox'
import { closed, instant, nullable, oneOf } from './shapes.ts'
import { keyName, type Operation } from './vault-shapes.ts'

/** Where the root key lies: in a file under a passphrase, or in an HSM. All others hang from it. */
export const keyProtections = ['file', 'hsm'] as const

/** SP 800-57 Part 1 §7. */
export const keyStates = ['pre-active', 'active', 'deactivated', 'destroyed'] as const
export const keyLevels = ['root', 'domain', 'base'] as const
export const keyAlgorithms = [
  'AES-256-KWP',
  'HMAC-SHA-256',
  'ECDSA-P-256',
  'ECDH-P-256',
  'aes-dukpt',
  'tdes-dukpt',
] as const

/** Of the vault’s own words: no number fits. */
const name = Type.String({ pattern: '^[a-z][a-z0-9.-]{0,63}$' })
const { check_value } = keyName.properties

export const listedKey = closed({
  name,
  level: oneOf(keyLevels),
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  algorithm: oneOf(keyAlgorithms),
  state: oneOf(keyStates),
  check_value,
  /** Null: its root was moved, and this vault has not been started with the new one yet. */
  protected_by: nullable(oneOf(keyProtections)),
  /** The key that it is wrapped under; null for the root. */
  wrapped_by: nullable(closed({ kid: name, check_value })),
  created_at: nullable(instant),
})

export const keyOperations = {
  list_keys: {
    summary:
      'The vault’s own keys by name, version, state and check value, what each is wrapped under ' +
      'and what protects that; never a key. Of cardholders and devices there are too many to list.',
    input: closed({}),
    output: closed({ keys: Type.Array(listedKey) }),
    refuses: [],
    idempotent: 'pure',
  },
} as const satisfies Record<string, Operation>
