/**
 * The root key inside an HSM (PKCS#11 v2.40): AES-256, sensitive, never extractable. Domain keys
 * are wrapped and unwrapped in there by CKM_AES_KEY_WRAP_PAD (RFC 5649); they work in this
 * process's memory, the root never does. One session for each operation in flight.
 */
import { readFile } from 'node:fs/promises'
import { Secret } from '@warifu/crypto/secret'
import type * as Pkcs11 from 'pkcs11js'
import { assertPrivate } from './file-key-store.ts'
import type { HsmPlace } from './hsm-place.ts'
import { type KeyStore, KeyStoreError, type KeyStoreFault } from './key-store.ts'

type Binding = typeof Pkcs11
type Token = {
  readonly p11: Binding
  readonly module: Pkcs11.PKCS11
  readonly slot: Buffer
}

export async function openHsmKeyStore(
  place: HsmPlace,
  { mayCreate }: { readonly mayCreate: boolean },
): Promise<KeyStore> {
  const token = await openToken(place)
  const root = await withSession(token, (session) => {
    const found = findRoot(token, session, place.object)
    if (found === undefined && !mayCreate) throw fault('hsm_key_missing')
    return found ?? makeRoot(token, session, place.object)
  })
  const check_value = await withSession(token, (session) => checkValueOf(token, session, root))
  return {
    kind: 'hsm',
    root: { kid: 'root.1', check_value },
    wrap: (key) => withSession(token, (session) => wrap(token, { session, root, key })),
    unwrap: (wrapped) => withSession(token, (session) => unwrap(token, { session, root, wrapped })),
  }
}

const sentences = {
  hsm_unreachable: 'The HSM does not answer: look at the module and the token of VAULT_HSM.',
  hsm_not_built: 'The binding to HSMs, npm’s pkcs11js, is not compiled here.',
  hsm_key_missing:
    'The root key is not on the HSM; only it can open what the vault’s database holds.',
  hsm_key_open:
    'The root key on the HSM can leave it, or is no AES-256 key that wraps; make another.',
  pin_wrong: 'The HSM does not take the PIN in the file of VAULT_HSM; it is not tried again.',
  wrapped_by_another_root: 'The vault’s database was wrapped by another root key than this HSM’s.',
} as const satisfies Partial<Record<KeyStoreFault, string>>

const fault = (code: keyof typeof sentences): KeyStoreError =>
  new KeyStoreError(code, sentences[code])

async function load(): Promise<Binding> {
  try {
    const { default: binding } = await import('pkcs11js')
    return binding
  } catch {
    throw fault('hsm_not_built')
  }
}

/** Logged in for as long as the process runs: the first session is never closed. */
async function openToken({ token: label, modulePath, pinFile }: HsmPlace): Promise<Token> {
  await assertPrivate(pinFile, 'PIN file')
  const p11 = await load()
  const module = new p11.PKCS11()
  try {
    module.load(modulePath)
    // Without the system's locks, calls at the same time crash the library.
    unless(p11.CKR_CRYPTOKI_ALREADY_INITIALIZED, () =>
      module.C_Initialize({ flags: p11.CKF_OS_LOCKING_OK }),
    )
  } catch {
    throw fault('hsm_unreachable')
  }
  const isOurs = (slot: Buffer) => module.C_GetTokenInfo(slot).label.trim() === label
  const slot = module.C_GetSlotList(true).find(isOurs)
  if (slot === undefined) throw fault('hsm_unreachable')
  const session = module.C_OpenSession(slot, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION)
  const pin = (await readFile(pinFile, 'utf8')).trimEnd()
  try {
    unless(p11.CKR_USER_ALREADY_LOGGED_IN, () => module.C_Login(session, p11.CKU_USER, pin))
  } catch {
    throw fault('pin_wrong')
  }
  return { p11, module, slot }
}

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number'
    ? error.code
    : undefined

/** Done before by another part of this process: that is as good. */
function unless(code: number, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (codeOf(error) !== code) throw error
  }
}

async function withSession<T>(
  { p11, module, slot }: Token,
  work: (session: Buffer) => T | Promise<T>,
): Promise<T> {
  const session = module.C_OpenSession(slot, p11.CKF_SERIAL_SESSION | p11.CKF_RW_SESSION)
  try {
    return await work(session)
  } finally {
    module.C_CloseSession(session)
  }
}

function findRoot({ p11, module }: Token, session: Buffer, label: string): Buffer | undefined {
  module.C_FindObjectsInit(session, [
    { type: p11.CKA_CLASS, value: p11.CKO_SECRET_KEY },
    { type: p11.CKA_LABEL, value: label },
  ])
  const [root, another] = module.C_FindObjects(session, 2)
  module.C_FindObjectsFinal(session)
  if (another !== undefined) throw fault('hsm_key_open')
  if (root === undefined) return undefined
  const asked = [
    p11.CKA_SENSITIVE,
    p11.CKA_NEVER_EXTRACTABLE,
    p11.CKA_WRAP,
    p11.CKA_UNWRAP,
    p11.CKA_VALUE_LEN,
  ].map((type) => ({ type }))
  const [sensitive, never, wraps, unwraps, size] = module
    .C_GetAttributeValue(session, root, asked)
    .map(({ value }) => (Buffer.isBuffer(value) ? value[0] : undefined))
  const isGood = sensitive === 1 && never === 1 && wraps === 1 && unwraps === 1 && size === 32
  if (!isGood) throw fault('hsm_key_open')
  return root
}

/** Made inside the HSM, of its own chance. */
function makeRoot({ p11, module }: Token, session: Buffer, label: string): Buffer {
  return module.C_GenerateKey(session, { mechanism: p11.CKM_AES_KEY_GEN }, [
    { type: p11.CKA_CLASS, value: p11.CKO_SECRET_KEY },
    { type: p11.CKA_KEY_TYPE, value: p11.CKK_AES },
    { type: p11.CKA_VALUE_LEN, value: 32 },
    { type: p11.CKA_LABEL, value: label },
    { type: p11.CKA_TOKEN, value: true },
    { type: p11.CKA_PRIVATE, value: true },
    { type: p11.CKA_SENSITIVE, value: true },
    { type: p11.CKA_EXTRACTABLE, value: false },
    { type: p11.CKA_WRAP, value: true },
    { type: p11.CKA_UNWRAP, value: true },
    { type: p11.CKA_SIGN, value: true },
    { type: p11.CKA_ENCRYPT, value: false },
    { type: p11.CKA_DECRYPT, value: false },
  ])
}

/** As every AES key's of the house: CMAC of a zero block, its first three bytes. */
function checkValueOf({ p11, module }: Token, session: Buffer, root: Buffer): string {
  module.C_SignInit(session, { mechanism: p11.CKM_AES_CMAC }, root)
  const mac = module.C_Sign(session, Buffer.alloc(16), Buffer.alloc(16))
  return mac.subarray(0, 3).toString('hex').toUpperCase()
}

type Wrapping = { readonly session: Buffer; readonly root: Buffer; readonly key: Uint8Array }

/** A key goes in as an object of this session, and leaves wrapped. */
async function wrap({ p11, module }: Token, { session, root, key }: Wrapping) {
  const value = padded(key)
  const held = module.C_CreateObject(session, [
    ...passing(p11),
    { type: p11.CKA_EXTRACTABLE, value: true },
    { type: p11.CKA_VALUE, value },
  ])
  value.fill(0)
  try {
    const mechanism = { mechanism: p11.CKM_AES_KEY_WRAP_PAD }
    const room = Buffer.alloc(value.length + 8)
    return new Uint8Array(await module.C_WrapKeyAsync(session, mechanism, root, held, room))
  } finally {
    module.C_DestroyObject(session, held)
  }
}

type Unwrapping = { readonly session: Buffer; readonly root: Buffer; readonly wrapped: Uint8Array }

async function unwrap({ p11, module }: Token, { session, root, wrapped }: Unwrapping) {
  const mechanism = { mechanism: p11.CKM_AES_KEY_WRAP_PAD }
  const template = [
    ...passing(p11),
    { type: p11.CKA_SENSITIVE, value: false },
    { type: p11.CKA_EXTRACTABLE, value: true },
  ]
  const unwrapping = module.C_UnwrapKeyAsync(
    session,
    mechanism,
    root,
    Buffer.from(wrapped),
    template,
  )
  const held = await unwrapping.catch(() => {
    throw fault('wrapped_by_another_root')
  })
  const [read] = module.C_GetAttributeValue(session, held, [{ type: p11.CKA_VALUE }])
  module.C_DestroyObject(session, held)
  if (!Buffer.isBuffer(read?.value)) throw new Error('an unwrapped key without a value')
  return new Secret(unpadded(read.value))
}

/**
 * To a multiple of eight bytes (ISO/IEC 7816-4: 80, then zeros), so that no token has to remember
 * a length: SoftHSM 2.6 gives a key of another size back with RFC 5649's own padding on it.
 */
function padded(key: Uint8Array): Buffer {
  const whole = Buffer.alloc(8 * (Math.floor(key.length / 8) + 1))
  whole.set(key)
  whole[key.length] = 0x80
  return whole
}

function unpadded(whole: Buffer): Uint8Array {
  const end = whole.lastIndexOf(0x80)
  if (end < whole.length - 8) throw fault('wrapped_by_another_root')
  const key = Uint8Array.from(whole.subarray(0, end))
  whole.fill(0)
  return key
}

const passing = (p11: Binding) => [
  { type: p11.CKA_CLASS, value: p11.CKO_SECRET_KEY },
  { type: p11.CKA_KEY_TYPE, value: p11.CKK_GENERIC_SECRET },
  { type: p11.CKA_TOKEN, value: false },
]
