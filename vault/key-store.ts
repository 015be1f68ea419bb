/**
 * Where the root key lives. The hierarchy only ever asks it to wrap and unwrap domain keys, so a
 * file with a passphrase and an HSM (PKCS#11, CKM_AES_KEY_WRAP_PAD) are the same to every caller.
 */
import type { Secret } from '@warifu/crypto/secret'

export type KeyStore = {
  /** What keeps the root key. */
  readonly kind: 'file' | 'hsm'
  /** The root key's name and check value; never the key. */
  readonly root: { readonly kid: string; readonly check_value: string }
  /** AES-KWP (RFC 5649) under the root key. */
  readonly wrap: (key: Uint8Array) => Promise<Uint8Array>
  /** Throws KeyStoreError `wrapped_by_another_root` where the integrity check fails. */
  readonly unwrap: (wrapped: Uint8Array) => Promise<Secret>
}

export type KeyStoreFault =
  | 'passphrase_wrong'
  | 'file_missing'
  | 'file_malformed'
  | 'file_open_to_others'
  | 'wrapped_by_another_root'
  | 'version_not_held'
  | 'hsm_unreachable'
  | 'hsm_not_built'
  | 'hsm_key_missing'
  | 'hsm_key_open'
  | 'pin_wrong'

/** The message is one clear sentence for the operator and holds no key and no passphrase. */
export class KeyStoreError extends Error {
  readonly code: KeyStoreFault
  constructor(code: KeyStoreFault, sentence: string) {
    super(sentence)
    this.name = 'KeyStoreError'
    this.code = code
  }
}
