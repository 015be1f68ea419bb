// Goal: a server is told of one vault or of several, and a place that cannot be one stops it.
// Method: environments, with the files that they name in a folder of their own.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

let folder = ''
let env: Record<string, string>
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-config-'))
  const key = join(folder, 'key')
  await writeFile(key, Buffer.alloc(32, 7))
  env = {
    PORT: '8730',
    DATABASE_URL: 'postgres://nowhere',
    WALLET_ORIGIN: 'http://wallet.localhost:8731',
    SERVER_KEY_FILE: key,
    VAULT_TLS_CERT: key,
    VAULT_TLS_KEY: key,
    VAULT_TLS_CA: key,
  }
})
after(() => rm(folder, { recursive: true }))

const vaultsOf = (more: Record<string, string>) => readConfig({ ...env, ...more }).vaults

test('one vault or several, by sockets or over TLS', () => {
  assert.deepEqual(vaultsOf({ VAULT_SOCKET: '/run/a.sock' }), [
    { kind: 'unix', socket: '/run/a.sock' },
  ])
  assert.deepEqual(
    vaultsOf({ VAULT_SOCKET: '/run/a.sock, /run/b.sock' }).map((one) => Object(one).socket),
    ['/run/a.sock', '/run/b.sock'],
  )
  assert.deepEqual(
    vaultsOf({ VAULT_CONNECT: 'vault-a:7443,vault-b:7444' }).map((one) => {
      const { kind, host, port } = Object(one)
      return [kind, host, port]
    }),
    [
      ['tls', 'vault-a', 7443],
      ['tls', 'vault-b', 7444],
    ],
  )
})

test('no vault, or a place without a port, stops the server', () => {
  for (const more of [{}, { VAULT_SOCKET: ',' }, { VAULT_CONNECT: 'vault-a:7443,vault-b' }])
    assert.throws(() => vaultsOf(more), ConfigError)
})

test('a port is shared only where that was said', () => {
  const one = { VAULT_SOCKET: '/run/a.sock' }
  assert.equal(readConfig({ ...env, ...one }).sharesPort, false)
  assert.equal(readConfig({ ...env, ...one, SHARE_PORT: 'yes' }).sharesPort, true)
  assert.throws(() => readConfig({ ...env, ...one, SHARE_PORT: 'perhaps' }), ConfigError)
})
