/**
 * `node vault/operate/main.ts <act> …`: what an operator does by hand in the secure room, with the
 * vault's own settings (database, master key, passphrase). Secrets go into a file that only its
 * owner can read (--out), never to the screen; each act leaves a record in the audit chain.
 * Several acts are joined by `then`: the root key is opened once for all of them.
 *
 *   make-base-key    --suite aes-dukpt|tdes-dukpt
 *   admit-device     --device edv_…|rdr_… [--suite …] --out FILE     for the injection room
 *   personalise-card --card crd_… [--pin-file FILE] --out FILE for the card machine
 *   admit-chip       --device pxd_… --carrier … --out FILE  for the factory of the device
 *   admit-sim        --sim sim_… --iccid 89… --card crd_… --out FILE  for the SIM's maker
 *   admit-bureau     --key-file FILE        its two public keys, as it handed them over
 *   remove-bureau    --bureau bur_…         nothing is sealed to it again
 *   list-keys        [--cardholder chl_…]   every key by name, with its check value; never a key
 *   rotate-domain    --domain card|entry|company   as the owner; twice, with every vault started
 *                    anew in between
 *   rotate-root      --to FILE --to-passphrase-file FILE | --to-hsm pkcs11:…   as the owner
 *                    (VAULT_DATABASE_OWNER_URL); backups of before need the old one
 */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { carriers } from '@warifu/protocol/device-objects'
import { type EntrySuite, entrySuites } from '@warifu/protocol/entry-device'
import { isId } from '@warifu/protocol/ids'
import { admitBureau, readBureauKeys, removeBureau } from '@warifu/vault/admit-bureau'
import { admitSim } from '@warifu/vault/admit-sim'
import { createApp } from '@warifu/vault/app'
import { admitChip } from '@warifu/vault/chip-acts'
import { type RootPlace, readKeeping } from '@warifu/vault/config'
import { ConfigError } from '@warifu/vault/config-error'
import { type Progress, rotateDomain, wrapDomains } from '@warifu/vault/domain-rotation'
import { readHsmPlace } from '@warifu/vault/hsm-place'
import { listKeys } from '@warifu/vault/key-list'
import { type KeyStore, KeyStoreError } from '@warifu/vault/key-store'
import { openKeyStore } from '@warifu/vault/opening'
import {
  admitDevice,
  makeBaseKey,
  OperatorError,
  personaliseCard,
} from '@warifu/vault/operator-acts'
import { rotateRoot } from '@warifu/vault/root-rotation'
import { openStore, type Store } from '@warifu/vault/store'
import type { World } from '@warifu/vault/world'

const text = { type: 'string' } as const
const options = {
  suite: text,
  carrier: text,
  device: text,
  card: text,
  bureau: text,
  sim: text,
  iccid: text,
  out: text,
  'pin-file': text,
  'key-file': text,
  cardholder: text,
  to: text,
  'to-passphrase-file': text,
  'to-hsm': text,
  domain: text,
} as const
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

type Work = (world: World, values: Values, keyStore: KeyStore) => Promise<object>
const acts: Readonly<Record<string, Work>> = {
  'make-base-key': (world, { suite }) => makeBaseKey(world, readSuite(suite)),
  'admit-device': async (world, { device = '', suite, out }) => {
    if (!isId('edv', device) && !isId('rdr', device))
      throw new OperatorError('--device is the id of an entry device or a reader.')
    const injection = await admitDevice(world, { device, suite: readSuite(suite) })
    await keepSecret(out, injection)
    const { kbpk: _kbpk, key_block: _block, ...told } = injection
    return told
  },
  'admit-chip': async (world, { device = '', carrier, out }) => {
    if (!isId('pxd', device)) throw new OperatorError('--device is the id of a proximity device.')
    const kind = carriers.find((one) => one === carrier)
    if (kind === undefined) throw new OperatorError(`--carrier is one of ${carriers.join(', ')}.`)
    const injection = await admitChip(world, { device, carrier: kind })
    await keepSecret(out, injection)
    return { device, carrier: kind, kbpk_check_value: injection.kbpk_check_value }
  },
  'personalise-card': async (world, { card = '', 'pin-file': pinFile, out }) => {
    if (!isId('crd', card)) throw new OperatorError('--card is the id of a card.')
    const pin = pinFile === undefined ? undefined : (await readFile(pinFile, 'utf8')).trim()
    const plastic = await personaliseCard(world, pin === undefined ? { card } : { card, pin })
    await keepSecret(out, plastic)
    return { card }
  },
  'admit-sim': async (world, { sim = '', iccid = '', card = '', out }) => {
    if (!isId('sim', sim)) throw new OperatorError('--sim is the id of a SIM.')
    if (!isId('crd', card)) throw new OperatorError('--card is a card of the SIM’s owner.')
    await keepSecret(out, await admitSim(world, { sim, iccid, card }))
    return { sim, iccid }
  },
  'admit-bureau': async (world, { 'key-file': file = '' }) =>
    admitBureau(world, readBureauKeys(await readFile(file, 'utf8'))),
  'remove-bureau': async (world, { bureau = '' }) => removeBureau(world, bureau),
  'list-keys': async (world, { cardholder }, keyStore) => {
    if (cardholder !== undefined && !isId('chl', cardholder))
      throw new OperatorError('--cardholder is the id of a cardholder.')
    return listKeys(world, keyStore, cardholder)
  },
  'rotate-domain': async (world, { domain: named }, keyStore) => {
    const domain = wrapDomains.find((one) => one === named)
    if (domain === undefined)
      throw new OperatorError(`--domain is one of ${wrapDomains.join(', ')}.`)
    const onProgress = (progress: Progress) =>
      process.stderr.write(`${JSON.stringify({ progress })}\n`)
    return await asOwner((owner) => rotateDomain(world, { domain, owner, keyStore, onProgress }))
  },
  'rotate-root': async (world, values, from) => {
    const to = await openKeyStore(nextPlace(values), { mayCreate: true, chance: chanceHere })
    return await asOwner((owner) => rotateRoot(world, owner, { from, to }))
  },
}

async function asOwner<T>(work: (owner: Store) => Promise<T>): Promise<T> {
  const owner = openStore({ url: ownerUrl(), connections: 1 })
  try {
    return await work(owner)
  } finally {
    await owner.end({ timeout: 5 })
  }
}

function readSuite(name = 'aes-dukpt'): EntrySuite {
  const suite = entrySuites.find((one) => one === name)
  if (suite === undefined) throw new OperatorError(`--suite is one of ${entrySuites.join(', ')}.`)
  return suite
}

async function keepSecret(path: string | undefined, secret: object): Promise<void> {
  if (path === undefined) throw new OperatorError('--out names the file for what is secret.')
  await writeFile(path, `${JSON.stringify(secret, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}

function nextPlace(values: Values): RootPlace {
  const { to, 'to-passphrase-file': passphraseFile, 'to-hsm': hsm } = values
  if (hsm !== undefined) return { hsm: readHsmPlace(hsm) }
  if (to === undefined || passphraseFile === undefined)
    throw new OperatorError(
      '--to is a new master key file, --to-passphrase-file its passphrase’s; or --to-hsm.',
    )
  return { masterKeyFile: to, passphraseFile }
}

function ownerUrl(): string {
  const url = process.env['VAULT_DATABASE_OWNER_URL']
  if (!url) throw new ConfigError('VAULT_DATABASE_OWNER_URL is not set.')
  return url
}

const noPairs = (): never => {
  throw new Error('no key pair is made by hand')
}

const chanceHere = { bytes: (size: number) => new Uint8Array(randomBytes(size)), keyPair: noPairs }

type Act = (world: World, keyStore: KeyStore) => Promise<object>

function readAct([name = '', ...args]: readonly string[]): Act {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (act === undefined)
    throw new OperatorError(`The acts are ${Object.keys(acts).join(', ')}; not “${name}”.`)
  const { values } = parseArgs({ args: [...args], options })
  return (world, keyStore) => act(world, values, keyStore)
}

/** All are read before the first is done. */
function readActs(args: readonly string[]): Act[] {
  const end = args.indexOf('then')
  if (end < 0) return [readAct(args)]
  return [readAct(args.slice(0, end)), ...readActs(args.slice(end + 1))]
}

async function main(args: readonly string[]): Promise<void> {
  const asked = readActs(args)
  const config = readKeeping(process.env)
  const store = openStore({ url: config.databaseUrl, connections: 2 })
  try {
    const chance = chanceHere
    const keyStore = await openKeyStore(config, { mayCreate: false, chance })
    const wallet = { origin: '', rpId: '' }
    const given = {
      recoveryWaitMs: 0,
      wallet,
      connector: undefined,
      probe: { decrypted: () => {} },
    }
    const needs = { store, keyStore, chain: config.chain, chance, nowMs: Date.now, log: () => {} }
    const { world } = await createApp({ ...needs, ...given })
    for (const act of asked) process.stdout.write(`${JSON.stringify(await act(world, keyStore))}\n`)
  } finally {
    await store.end({ timeout: 5 })
  }
}

const isPlain = (error: unknown): error is Error =>
  error instanceof OperatorError || error instanceof ConfigError || error instanceof KeyStoreError

process.umask(0o077)
try {
  await main(process.argv.slice(2))
} catch (error) {
  // Of an unexpected fault only its kind: its words may quote a value.
  const kind = error instanceof Error && 'code' in error ? String(error.code) : 'fault'
  process.stderr.write(`${isPlain(error) ? error.message : `The act failed (${kind}).`}\n`)
  process.exitCode = 1
}
