// Goal: between machines server and vault know each other by certificates of one authority: the
//   whole journey runs over TLS 1.3, and a stranger on either side gets nothing.
// Method: a real vault process that listens on TCP, real server processes that dial it with the
//   right certificate, with none of our authority, and with trust in another authority.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { serverProgram } from '@warifu/cli/programs'
import { certify } from '@warifu/vault/rehearsal-certificate'
import { type House, startHouse } from './house.ts'
import { pay, peopleOf } from './people.ts'

let folder = ''
let house: House
let port = 0

const freshPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const authority = certify('Warifu test CA', freshPair())
const issuer = { name: 'Warifu test CA', privateKey: authority.privateKey }
/** An authority of the attacker's own, under the same name. */
const impostor = certify('Warifu test CA', freshPair())
const vaultIdentity = certify('vault', freshPair(), issuer)
const honest = { ...certify('server', freshPair(), issuer), ca: authority.cert }
const unknownServer = {
  ...certify('server', freshPair(), { ...issuer, privateKey: impostor.privateKey }),
  ca: authority.cert,
}
const trustsAnother = { ...certify('server', freshPair(), issuer), ca: impostor.cert }

type Files = { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer }
async function variables(name: string, files: Files): Promise<Record<string, string>> {
  const at = (kind: string) => join(folder, `${name}.${kind}`)
  for (const kind of ['cert', 'key', 'ca'] as const)
    await writeFile(at(kind), files[kind], { mode: 0o600 })
  const paths = { VAULT_TLS_CERT: at('cert'), VAULT_TLS_KEY: at('key'), VAULT_TLS_CA: at('ca') }
  return { VAULT_SOCKET: '', ...paths }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-tls-'))
  port = await choosePort()
  const address = `127.0.0.1:${port}`
  const vault = await variables('vault', { ...vaultIdentity, ca: authority.cert })
  const server = await variables('server', honest)
  house = await startHouse({
    env: {
      vault: { ...vault, VAULT_LISTEN: address },
      server: { ...server, VAULT_CONNECT: address },
    },
  })
})
after(async () => {
  await house?.stop()
  await rm(folder, { recursive: true, force: true })
})

const refusals = async () => (await house.logs('vault')).split('"event":"refused"').length
const health = async (url: string) => (await fetch(`${url}/healthz`)).status

test('a person joins, takes a card and pays, over mutual TLS', async () => {
  assert.equal(await health(house.url), 200)
  const people = peopleOf(house)
  const holder = await people.become('Aiko')
  const { link } = await people.ask({ amount: 1200 })
  assert.equal((await pay(holder, link)).status, 'authorized')
})

for (const [name, files, heard] of [
  ['whose certificate is not of our authority is not heard by the vault', unknownServer, true],
  ['that trusts another authority does not speak to our vault', trustsAnother, false],
] as const)
  test(`a server ${name}`, async () => {
    await using stack = new AsyncDisposableStack()
    const keeper = createKeeper()
    stack.defer(() => keeper.close())
    const own = await choosePort()
    const settings = {
      databaseUrl: house.serverDatabase.url,
      vaultSocket: '',
      port: own,
      walletOrigin: house.walletOrigin,
      keyFile: join(house.folder, 'server.key'),
      logLevel: 'info',
    }
    const program = await serverProgram(settings)
    const tls = { ...(await variables('stranger', files)), VAULT_CONNECT: `127.0.0.1:${port}` }
    const env = { ...program.env, ...tls }
    const before = await refusals()
    const log = join(folder, `stranger-${own}.log`)
    const child = await startChild({ ...program, env }, log, keeper)
    stack.defer(child.stop)
    await untilReady(child, saidReady(child))
    assert.equal(await health(`http://127.0.0.1:${own}`), 503)
    for (let turns = 0; heard && turns < 50 && (await refusals()) === before; turns += 1)
      await sleep(50)
    if (heard) assert((await refusals()) > before, 'the vault tells that it refused somebody')
    assert.equal(await health(house.url), 200, 'and the honest one is served')
  })
