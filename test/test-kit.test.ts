// Goal: the test kit moves the platform's clock and cuts its lines: deadlines, retries over days
//   and the vault follow; whoever loses an answer finds out the truth, and nobody pays twice;
//   in live mode none of it is there.
// Method: one house with a till's endpoint on a real HTTP server; nothing waits for time to pass.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { serverProgram } from '@warifu/cli/programs'
import { contract, type EndpointName } from '@warifu/protocol/contract'
import { callApi } from '@warifu/sdk/api-call'
import { verifyWebhook } from '@warifu/sdk/webhook'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let aiko: Holder
before(async () => {
  house = await startHouse({ env: { server: { WEBHOOK_ALLOW: '127.0.0.1/32' } } })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
})
after(async () => await house?.stop())

const DAY_S = 86_400
const clock = () => callApi(people.api, 'getTestClock', {})
const advance = (seconds: number) => callApi(people.api, 'advanceTestClock', { body: { seconds } })

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let patience = 200; patience > 0; patience -= 1) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error(`not seen: ${what}`)
}

test('a deadline is reached by setting the clock ahead, and never by going back', async () => {
  const before = await clock()
  const { id } = await people.ask({ expires_in: 3600 })
  const after = await advance(3601)
  assert.equal(after.ahead_s, before.ahead_s + 3601)
  await until('expired', async () => (await people.show(id)).status === 'expired')
  const to = new Date(Date.parse(after.now) - 1000).toISOString()
  await assert.rejects(callApi(people.api, 'advanceTestClock', { body: { to } }), {
    code: 'field_invalid',
    param: 'to',
  })
  await assert.rejects(callApi(people.api, 'advanceTestClock', { body: {} }), {
    param: 'seconds',
  })
  // A phone has the clock on the wall, and still pays.
  const { link } = await people.ask()
  assert.equal((await pay(aiko, link)).status, 'authorized')
})

test('the clock is kept: a server that starts again has it, and so does the vault', async () => {
  const { ahead_s } = await clock()
  await house.restart('server')
  assert.equal((await clock()).ahead_s, ahead_s)
  await until('the vault’s log is ahead', async () => {
    // Whether it is well is asked of the vault too.
    await fetch(`${house.url}/healthz`)
    const { time } = JSON.parse((await house.logs('vault')).trim().split('\n').at(-1) ?? '{}')
    return typeof time === 'number' && time > Date.now() + (ahead_s - 5) * 1000
  })
})

test('webhooks are tried again over days, and verify by the receiver’s own clock', async () => {
  let isDown = true
  const heard: { type: string; tries: number }[] = []
  let secret = ''
  let tries = 0
  const shop: Server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      tries += 1
      if (!isDown)
        heard.push({ type: verifyWebhook({ body, headers: request.headers }, secret).type, tries })
      response.writeHead(isDown ? 503 : 204).end()
    })
  })
  await new Promise<void>((ready) => shop.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/hook`
  const endpoint = await people.merchant.webhooks.create({ url, types: ['payment.created'] })
  secret = endpoint.secret
  await people.ask()
  for (const [before, step] of [60, 3600, DAY_S / 2, DAY_S].entries()) {
    await until('tried', () => tries > before)
    isDown = step !== DAY_S
    await advance(step)
  }
  await until('delivered', () => heard.length === 1)
  assert.equal(heard[0]?.type, 'payment.created')
  assert.equal(tries, 5)
  await people.merchant.webhooks.delete(endpoint.id)
  await new Promise((closed) => shop.close(closed))
})

const cut = (body: Parameters<typeof callApi<'cutTestLink'>>[2]['body']) =>
  callApi(people.api, 'cutTestLink', { body })

test('a cut line to the client: the SDK asks again, and there is one payment', async () => {
  for (const lost of ['request', 'answer'] as const) {
    await cut({ link: 'client', lost, at: 'createPayment' })
    const { id } = await people.ask({ merchant_reference: `cut-${lost}` })
    const found = await people.merchant.payments.list({ limit: 5 }).take(5)
    const ours = found.filter(({ merchant_reference: one }) => one === `cut-${lost}`)
    assert.deepEqual(
      ours.map((one) => one.id),
      [id],
    )
  }
  assert.deepEqual((await callApi(people.api, 'listTestLinks', {})).cuts, [])
})

test('a cut line to the vault: not called declined, the same bytes bring the truth', async () => {
  for (const lost of ['request', 'answer'] as const) {
    const { id, link } = await people.ask()
    const claim = await aiko.terminal.claim(link)
    await cut({ link: 'vault', lost, at: 'open_card' })
    await assert.rejects(aiko.terminal.present(claim, aiko.card, { verifyUser: true }), {
      code: 'vault_unavailable',
    })
    assert.equal((await people.show(id)).status, 'requires_action')
    const { answer } = await aiko.terminal.retry()
    assert.equal(answer.status, 200)
    assert.equal((await people.show(id)).status, 'authorized')
  }
})

test('a phone whose answer is lost learns by asking again that it has paid, once', async () => {
  const { id, link } = await people.ask()
  const claim = await aiko.terminal.claim(link)
  await cut({ link: 'client', lost: 'answer', at: 'presentCard' })
  await assert.rejects(aiko.terminal.present(claim, aiko.card, { verifyUser: true }))
  assert.equal((await people.show(id)).status, 'authorized')
  const { answer } = await aiko.terminal.retry()
  assert.equal(answer.status, 200)
})

test('a cut line to the provider of messages: the message leaves when it is mended', async () => {
  const botan = await people.join('Botan')
  await cut({ link: 'messages' })
  const taken = people.takeCard(botan)
  const isMended = async () => (await callApi(people.api, 'listTestLinks', {})).cuts.length === 0
  await until('the message was lost', isMended)
  await advance(60)
  assert.match(await taken, /^crd_/)
})

test('lines cut at the same instant are told to the vault one after the other', async () => {
  const each = Array.from({ length: 20 }, (_, n) => cut({ link: 'network', seconds: 60 + n }))
  for (const { cuts } of await Promise.all(each)) assert.equal(cuts[0]?.link, 'network')
  await callApi(people.api, 'mendTestLinks', {})
})

test('what names no line, no end and no place of one is refused', async () => {
  await assert.rejects(cut({ link: 'vault', at: 'createPayment' }), { param: 'at' })
  await assert.rejects(cut({ link: 'network' }), { param: 'seconds' })
  const { cuts } = await cut({ link: 'network', seconds: 60 })
  assert.deepEqual(
    cuts.map(({ link, lost }) => [link, lost]),
    [['network', 'answer']],
  )
  assert.deepEqual((await callApi(people.api, 'mendTestLinks', {})).cuts, [])
})

/** One more server of this house, in live mode. */
async function startLive() {
  const port = await choosePort()
  const { env, ...program } = await serverProgram({
    databaseUrl: house.serverDatabase.url,
    vaultSocket: house.vaultSocket,
    port,
    walletOrigin: house.walletOrigin,
    keyFile: join(house.folder, 'server.key'),
    logLevel: 'info',
  })
  const nowhere = 'http://127.0.0.1:9/'
  const live = { MODE: 'live', SMS_URL: nowhere, VOICE_URL: nowhere, BUREAU_URL: nowhere }
  const keeper = createKeeper()
  const log = join(house.folder, 'live.log')
  const child = await startChild({ ...program, env: { ...env, ...live } }, log, keeper)
  await untilReady(child, saidReady(child))
  const stop = async () => {
    await child.stop()
    keeper.close()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

test('in live mode every test endpoint is refused by name', async () => {
  const live = await startLive()
  // The contract's names are its endpoints by its type.
  const names = (Object.keys(contract) as EndpointName[]).filter((name) =>
    contract[name].path.startsWith('/v1/test/'),
  )
  assert(names.length > 10)
  for (const name of names) {
    const { method, path, caller } = contract[name]
    assert.equal(caller, 'sandbox', name)
    const answer = await fetch(`${live.url}${path.replace(':id', 'pay_1')}`, { method })
    const { error } = await answer.json()
    assert.deepEqual([name, answer.status, error.code], [name, 403, 'test_only'])
  }
  await live.stop()
})
