/**
 * The root key in a file: 32 random bytes wrapped by AES-KWP (RFC 5649) under a key that scrypt
 * (RFC 7914; N=2^17, r=8, p=1: 128 MiB per guess) derives from the operator's passphrase.
 * It stands where an HSM would; the passphrase belongs on another medium than the file.
 */
import { createSecretKey, type KeyObject, scrypt } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, readFile, stat, unlink } from 'node:fs/promises'
import { KeyWrapError, unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { checkValue } from '@warifu/crypto/cmac'
import { Secret } from '@warifu/crypto/secret'
import { base64url, closed } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Chance } from './given.ts'
import { type KeyStore, KeyStoreError } from './key-store.ts'

const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

const keyFile = closed({
  v: Type.Literal(1),
  kid: Type.Literal('root.1'),
  kdf: Type.Literal('scrypt'),
  n: Type.Literal(COST.N),
  r: Type.Literal(COST.r),
  p: Type.Literal(COST.p),
  salt: base64url(32, 32),
  wrapped: base64url(40, 40),
  check_value: Type.String({ pattern: '^[0-9A-F]{6}$' }),
})
type KeyFile = Static<typeof keyFile>
const keyFileShape = Compile(keyFile)

export type FileKeyStoreOptions = {
  readonly path: string
  readonly passphrase: Secret
  readonly chance: Pick<Chance, 'bytes'>
  /** False where the database holds keys already: a new root key could not open them. */
  readonly mayCreate: boolean
}

export async function openFileKeyStore(options: FileKeyStoreOptions): Promise<KeyStore> {
  const { path, passphrase } = options
  const found = await readKeyFile(path)
  if (found === undefined) return await createKeyFile(options)
  using kek = await deriveKey(passphrase, fromBase64url(found.salt))
  return openRoot(found, kek, path)
}

function openRoot(file: KeyFile, kek: Secret, path: string): KeyStore {
  const rootBytes = unwrapRoot(kek, fromBase64url(file.wrapped))
  const root = createSecretKey(rootBytes)
  rootBytes.fill(0)
  if (checkValue(root) !== file.check_value) throw malformed(path)
  return keyStoreOf(root, { kid: file.kid, check_value: file.check_value })
}

function keyStoreOf(root: KeyObject, name: KeyStore['root']): KeyStore {
  return {
    kind: 'file',
    root: name,
    wrap: async (key) => wrapKey(root, key),
    unwrap: async (wrapped) => {
      try {
        return new Secret(unwrapKey(root, wrapped))
      } catch (error) {
        if (!(error instanceof KeyWrapError)) throw error
        throw new KeyStoreError(
          'wrapped_by_another_root',
          'The vault’s database was wrapped by another master key than the one in this file.',
        )
      }
    },
  }
}

async function readKeyFile(path: string): Promise<KeyFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  await assertPrivate(path, 'master key file')
  const file: unknown = parseJson(text)
  if (!keyFileShape.Check(file)) throw malformed(path)
  return file
}

/** Files with key material or passphrases must be closed to group and others. */
export async function assertPrivate(path: string, what: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0)
    throw new KeyStoreError(
      'file_open_to_others',
      `The ${what} ${path} can be read by others; close it with chmod 600.`,
    )
}

/** What was written is opened as it was kept: of two that create it at once, the first stays. */
async function createKeyFile(options: FileKeyStoreOptions): Promise<KeyStore> {
  const { path, passphrase, chance, mayCreate } = options
  if (!mayCreate)
    throw new KeyStoreError(
      'file_missing',
      `The master key file ${path} is missing; only it can open the keys in the vault’s database.`,
    )
  using root = new Secret(chance.bytes(32))
  const salt = chance.bytes(32)
  using kek = await deriveKey(passphrase, salt)
  const wrapped = kek.use((k) => root.use((bytes) => wrapKey(createSecretKey(k), bytes)))
  const file: KeyFile = {
    v: 1,
    kid: 'root.1',
    kdf: 'scrypt',
    n: COST.N,
    r: COST.r,
    p: COST.p,
    salt: toBase64url(salt),
    wrapped: toBase64url(wrapped),
    check_value: root.use((bytes) => checkValue(createSecretKey(bytes))),
  }
  await writeOnce(path, `${JSON.stringify(file, null, 2)}\n`)
  const kept = await readKeyFile(path)
  if (kept === undefined) throw malformed(path)
  if (kept.salt === file.salt) return openRoot(kept, kek, path)
  return await openFileKeyStore(options)
}

/** Written aside, flushed, then linked into place: never half a file, and the first one stays. */
async function writeOnce(path: string, text: string): Promise<void> {
  const aside = `${path}.new`
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const handle = await open(aside, flags, 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(aside, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(aside)
  }
}

async function deriveKey(passphrase: Secret, salt: Uint8Array): Promise<Secret> {
  return await new Promise((resolve, reject) => {
    passphrase.use((text) =>
      scrypt(text, salt, 32, COST, (error, key) =>
        error === null ? resolve(new Secret(key)) : reject(error),
      ),
    )
  })
}

function unwrapRoot(kek: Secret, wrapped: Uint8Array): Uint8Array {
  try {
    return kek.use((bytes) => unwrapKey(createSecretKey(bytes), wrapped))
  } catch (error) {
    if (!(error instanceof KeyWrapError)) throw error
    throw new KeyStoreError(
      'passphrase_wrong',
      'The passphrase does not open the vault’s master key file.',
    )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const malformed = (path: string): KeyStoreError =>
  new KeyStoreError('file_malformed', `The master key file ${path} is damaged.`)
