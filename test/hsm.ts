/**
 * An HSM for tests: SoftHSM2, a test double that speaks PKCS#11 as real ones do. A vault finds it
 * by an address, and its tokens by a file that the environment names.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const MODULE = '/usr/lib/softhsm/libsofthsm2.so'
const BINDING = 'node_modules/pkcs11js/build/Release/pkcs11.node'
export const hsmNeeds: readonly string[] = ['softhsm2-util', MODULE, BINDING]

const PIN = '84615937'
const TOKEN = 'warifu test'
const run = promisify(execFile)

export type Hsm = {
  /** What a process needs to find the token: SoftHSM's own file. */
  readonly env: { readonly SOFTHSM2_CONF: string }
  /** Of a key in it, for VAULT_HSM; `pin` is another file of this folder with a PIN. */
  readonly address: (object: string, pin?: string) => string
  /** Brings a key in from outside, as a ceremony may: it can leave again. */
  readonly bring: (label: string, file: string) => Promise<void>
}

/** A token in this folder, with its PIN in a file beside it. */
export async function openHsm(folder: string): Promise<Hsm> {
  await mkdir(join(folder, 'tokens'))
  const conf = join(folder, 'softhsm2.conf')
  await writeFile(conf, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`)
  await writeFile(join(folder, 'pin'), `${PIN}\n`, { mode: 0o600 })
  const env = { SOFTHSM2_CONF: conf }
  const tool = async (...args: readonly string[]) =>
    void (await run('softhsm2-util', [...args], { env: { ...process.env, ...env } }))
  const labels = ['--so-pin', '12345678', '--pin', PIN]
  await tool('--init-token', '--free', '--label', TOKEN, ...labels)
  const address = (object: string, pin = 'pin') =>
    `pkcs11:token=${encodeURIComponent(TOKEN)};object=${object}` +
    `?module-path=${MODULE}&pin-source=file:${join(folder, pin)}`
  const bring = (label: string, file: string) =>
    tool('--import', file, '--aes', '--token', TOKEN, '--pin', PIN, '--label', label, '--id', 'A1')
  return { env, address, bring }
}
