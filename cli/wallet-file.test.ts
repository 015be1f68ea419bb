// Goal: a software terminal's file keeps everything, is closed to others, and is used by one
// command at a time.
// Method: real files in a temporary folder; a terminal that signs before and after a round trip.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { blankState, keepBlob, makeKeys, type TerminalState } from '@warifu/devices/terminal'
import { listWallets, openWalletFile } from './wallet-file.ts'

const home = await mkdtemp(join(tmpdir(), 'warifu-wallet-'))
after(() => rm(home, { recursive: true, force: true }))
const origin = 'http://wallet.localhost:1'
const id = <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_${'0'.repeat(26)}`

async function fullState(): Promise<TerminalState> {
  const keys = await makeKeys(true)
  const kept = await keepBlob(keys.local, { card: id('crd'), blob: 'b', iv: new Uint8Array(12) })
  return {
    ...blankState,
    name: 'Aiko',
    cardholder: id('chl'),
    terminal: id('trm'),
    keys,
    certificate: { keys: keys.signing, request: 'PEM' },
    counter: 7,
    unanswered: {
      name: 'suspendCard',
      method: 'POST',
      path: '/v1/cards/x/suspend',
      query: '',
      body: '{}',
      counter: 7,
      headers: { signature: 'warifu=:AA==:' },
    },
    vault_key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
    asked: [{ application: id('app'), scheme: 'payment_key' }],
    cards: [
      {
        card: id('crd'),
        scheme: 'double_sealed',
        installation: id('ins'),
        last4: '1234',
        expires: '2030-01',
        inner_digest: 'A'.repeat(43),
        kept,
        payment_key: null,
        number: null,
        shown: null,
        is_confirmed: true,
      },
    ],
  }
}

test('what is saved is loaded again, keys included, by another command', async () => {
  const state = await fullState()
  const { store, path } = openWalletFile(home, 'aiko', origin)
  assert.deepEqual(await store.load(), blankState)
  await store.save(state)
  const again = await openWalletFile(home, 'aiko', origin).store.load()
  const { keys, certificate, ...plain } = again
  const { keys: before, certificate: certified, ...plainBefore } = state
  assert.deepEqual(plain, plainBefore)
  const data = new TextEncoder().encode('x')
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  assert.ok(keys !== null && before !== null)
  const signature = await crypto.subtle.sign(algorithm, keys.signing.privateKey, data)
  const isSame = crypto.subtle.verify(algorithm, before.signing.publicKey, signature, data)
  assert.equal(await isSame, true)
  const exported = async ({ publicKey }: CryptoKeyPair) =>
    crypto.subtle.exportKey('raw', publicKey).then((bytes) => Buffer.from(bytes))
  assert.deepEqual(await exported(keys.sealing), await exported(before.sealing))
  assert.ok(certificate !== null && certified !== null)
  assert.equal(certificate.request, certified.request)
  assert.deepEqual(await exported(certificate.keys), await exported(certified.keys))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.match(await readFile(path, 'utf8'), /software terminal, sandbox only/)
  assert.deepEqual(await listWallets(home), ['aiko'])
  assert.equal((await readdir(join(home, 'wallets'))).length, 1)
})

test('a passkey and a state do not overwrite each other', async () => {
  const { store, keeper } = openWalletFile(home, 'both', origin)
  const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } as const
  const passkey = {
    credentialId: 'AAAA',
    privateKey: { ...jwk, d: 'A'.repeat(43) },
    rpId: 'wallet.localhost',
    userHandle: 'AAAA',
    signCount: 0,
  } as const
  await keeper.save(passkey)
  await store.save({ ...blankState, counter: 3 })
  assert.deepEqual(await keeper.load(), passkey)
  assert.equal((await store.load()).counter, 3)
})

test('another origin, or a file that is something else, is one clear sentence', async () => {
  await openWalletFile(home, 'other', origin).store.save(blankState)
  const elsewhere = openWalletFile(home, 'other', 'http://wallet.localhost:2')
  await assert.rejects(elsewhere.store.load(), { name: 'Sorry', message: /belongs to/ })
  const { store, path } = openWalletFile(home, 'damaged', origin)
  for (const text of ['', '{}', 'not json', '{"what":"software terminal"}']) {
    await writeFile(path, text)
    await assert.rejects(store.load(), { name: 'Sorry', message: /not a wallet of this version/ })
  }
})

test('commands take turns, also after one that was killed', async () => {
  const one = openWalletFile(home, 'turns', origin)
  const two = openWalletFile(home, 'turns', origin)
  const order: string[] = []
  await Promise.all([
    one.turns(async () => {
      order.push('one begins')
      await sleep(120)
      order.push('one ends')
    }),
    sleep(30).then(() => two.turns(async () => order.push('two'))),
  ])
  assert.deepEqual(order, ['one begins', 'one ends', 'two'])
  // No process has this number (the kernel's highest is 2^22).
  await writeFile(`${one.path}.lock`, '99999999\n')
  assert.equal(await one.turns(async () => 'mine'), 'mine')
})
