// Goal: the bridge lets in the wallet's page alone, once its owner allowed it; gives it ciphertext
// only; asks for the SIM's PIN in its own window; and names every way in which a SIM does not pay.
// Method: its doors on a real port, its forms filled in as a browser does, the SIM's state machine
// behind it. Time stands still unless a test moves it.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { request as ask, createServer } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { description, readSelector, windowsOf, writeEntry } from '@warifu/crypto/credit-file'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { companyKeys, simLayout, writeCompanyKey } from '@warifu/crypto/sim-layout'
import type { CardSlot } from '@warifu/devices/card-slot'
import { ATR, makeSimCard, type SimCard, simCard } from '@warifu/devices/sim-card'
import { createBridge } from './bridge.ts'
import { createDoors } from './doors.ts'
import { createPairings } from './pairings.ts'
import { createQuestions } from './questions.ts'
import { createSimInUse } from './sim-in-use.ts'

const WALLET = 'http://wallet.localhost:4010'
const PIN = '2580'
const PUK = '12345678'
const PAN = '9991230000000042'
const SELECTOR = 129
const TERMINAL = 'trm_0DGX9T4K2R7Q0M3V5C8Z1B4F0K'

function newPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicBytes: pointOfJwk({ kty: 'EC', crv: 'P-256', x, y }) }
}
const company = newPair()

/** A SIM in use with one card, as the vault leaves it; `change` bends it. */
function writtenSim(change: Partial<SimCard['memory']> = {}): SimCard {
  const key = new Uint8Array(16)
  const maker = { enc: key, mac: key, dek: key }
  const card = makeSimCard({
    iccid: '8982119900000001001',
    pin: PIN,
    puk: PUK,
    maker,
    layout: simLayout,
  })
  const area = Uint8Array.from(card.memory.area)
  const put = (kind: number, bytes: Uint8Array) =>
    area.set(bytes, windowsOf(simLayout).find((one) => one.description === kind)?.address)
  const selector = readSelector(SELECTOR)
  put(description.card_number, writeEntry({ digits: PAN, selector }, 9))
  put(description.pin_digits, writeEntry({ digits: '47', selector }, 2))
  put(companyKeys.description, writeCompanyKey(company.publicBytes, SELECTOR))
  const authentication = { key, version: 1 }
  const memory = {
    ...card.memory,
    area,
    authentication,
    lifeCycle: 'activated' as const,
    ...change,
  }
  return { ...card, memory }
}

let chip: SimCard | undefined
let nowMs = Date.UTC(2027, 0, 5)
const slot = async (): Promise<CardSlot> => {
  const held = chip
  if (held === undefined) throw new Error('no card')
  chip = { memory: held.memory, session: writtenSim().session }
  return {
    name: 'in process',
    atr: ATR,
    transmit: async (apdu) => {
      if (chip === undefined) throw new Error('drawn out')
      const step = simCard(chip, apdu)
      chip = step.state
      return step.reply
    },
    close: async () => {},
  }
}

const questions = createQuestions({
  nowMs: () => nowMs,
  newId: () => randomBytes(8).toString('hex'),
})
const idleMs = 300_000
const sim = createSimInUse({ openSlot: slot, questions, nowMs: () => nowMs, idleMs })
const pairings = createPairings({ kept: [], save: async () => {}, random: (n) => randomBytes(n) })
const own = newPair()
const bridge = createBridge({
  sim,
  questions,
  pairings,
  key: own.privateKey,
  point: own.publicBytes,
  keyPair: newPair,
  nowMs: () => nowMs,
})
const logged: object[] = []
let port = 0
const server = createServer((request, response) => {
  const needs = { port, walletOrigin: WALLET, bridge, pairings, questions, sim }
  void createDoors({ ...needs, log: (line) => logged.push(line) })(request, response)
})
before(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
after(() => server.close())
beforeEach(async () => {
  await sim.leave()
  chip = writtenSim()
})

type Sent = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
type Got = { readonly status: number; readonly text: string; readonly headers: object }

const send = (path: string, { method = 'POST', headers = {}, body = '' }: Sent = {}) =>
  new Promise<Got>((resolve, reject) => {
    const sent = ask({ host: '127.0.0.1', port, path, method, headers }, async (response) => {
      let text = ''
      for await (const part of response) text += String(part)
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    sent.on('error', reject)
    sent.end(body)
  })

const json = { 'content-type': 'application/json', origin: WALLET }
type Told = { readonly status: number; readonly [field: string]: unknown }
const call = async (path: string, body: object, token = '', more = {}): Promise<Told> => {
  const headers = { ...json, authorization: `Bearer ${token}`, ...more }
  const { status, text } = await send(path, { headers, body: JSON.stringify(body) })
  return { status, ...JSON.parse(text) }
}

/** The window as a person meets it: waits for a question, and answers it. */
async function inWindow(answer: 'yes' | 'no', typed = ''): Promise<Got> {
  let id: string | undefined
  while (id === undefined) {
    const { text } = await send('/', { method: 'GET' })
    id = /name="id" value="([0-9a-f]+)"/.exec(text)?.[1]
  }
  const form = new URLSearchParams({ id, answer, typed }).toString()
  return send('/answer', { headers: { origin: `http://127.0.0.1:${port}` }, body: form })
}

async function paired(): Promise<string> {
  const asked = call('/v1/pair', { terminal: TERMINAL })
  await inWindow('yes')
  const { token } = await asked
  assert.ok(typeof token === 'string')
  return token
}

const content = {
  approval: 'apr_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
  subject: { kind: 'payment', id: 'pay_0DGX9T4K2R7Q0M3V5C8Z1B4F0K' },
  amount: 1200,
  currency: 'jpy',
  extent: 'exact',
  payee: {
    id: 'mer_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
    name: 'Kissa <Mori>',
    store: 'str_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
    place: 'Kyoto',
  },
  order_digest: 'A'.repeat(43),
  card: 'own_card',
  presentment: 'sim',
  factors: ['terminal_signature'],
  match_number: null,
  mandate: null,
  deadline_at: '2027-01-05T00:05:00.000Z',
}
const simId = 'sim_0DGX9T4K2R7Q0M3V5C8Z1B4F0K'
const paying = { sim: simId, content, choice: { default: true }, with_digits: false }

test('another page, another host, no pairing, a form from elsewhere: nobody comes in', async () => {
  const evil = await call('/v1/pair', { terminal: TERMINAL }, '', {
    origin: 'http://evil.localhost',
  })
  assert.deepEqual([evil.status, evil['error']], [403, 'origin_refused'])
  const bare = { 'content-type': 'application/json' }
  assert.equal((await send('/v1/pay', { headers: bare })).status, 403, 'no origin at all')
  const rebound = await call('/v1/sim', {}, '', { host: 'evil.example:80' })
  assert.deepEqual([rebound.status, rebound['error']], [421, 'host_refused'])
  assert.deepEqual(await call('/v1/pay', paying), {
    status: 401,
    error: 'not_paired',
    tries_left: null,
  })
  assert.equal((await call('/v1/pay', paying, 'A'.repeat(43)))['error'], 'not_paired')
  const token = await paired()
  const form = await send('/answer', { headers: { origin: WALLET }, body: 'id=1&answer=yes' })
  assert.equal(form.status, 403, 'the wallet’s page cannot answer in the window’s place')
  assert.equal((await call('/v1/sim', { more: 1 }, token))['error'], 'body_invalid')
  const preflight = await send('/v1/pay', {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.x' },
  })
  assert.equal(preflight.status, 403)
})

test('pairing is the person’s word, in the bridge’s window', async () => {
  const no = call('/v1/pair', { terminal: TERMINAL })
  await inWindow('no')
  assert.deepEqual([(await no).status, (await no)['error']], [403, 'pairing_refused'])
  assert.match(await paired(), /^[A-Za-z0-9_-]{43}$/)
})

test('pays: the page gets what only the company can open, over this payment', async () => {
  const token = await paired()
  const asked = call('/v1/pay', { ...paying, with_digits: true }, token)
  const { text } = await send('/', { method: 'GET' })
  assert.match(text, /Kissa &lt;Mori&gt;: 1200 JPY|meta http-equiv/)
  await inWindow('yes', PIN)
  const told = await asked
  assert.equal(told.status, 200, JSON.stringify(told))
  const said = JSON.stringify(told)
  for (const secret of [PAN, PIN, Buffer.from(PAN, 'hex').toString('base64url')])
    assert.ok(!said.includes(secret))
  assert.deepEqual(Object.keys(told).sort(), ['digits', 'record', 'statement', 'status', 'voucher'])
  // The PIN is open now: one press of a key pays.
  assert.equal((await call('/v1/pay', paying, token)).status, 200)
  nowMs += idleMs
  await sim.tick(nowMs)
  const later = call('/v1/pay', paying, token)
  await inWindow('no')
  assert.equal((await later)['error'], 'cancelled', 'after a while it is asked for again')
  assert.ok(!JSON.stringify(logged).includes(PAN) && !JSON.stringify(logged).includes(PIN))
})

test('wrong PINs block it, with the tries told; the PUK unblocks it in the window', async () => {
  const token = await paired()
  const asked = call('/v1/pay', paying, token)
  for (const left of [3, 2, 1]) {
    let text = ''
    while (!text.includes(`: ${left}`)) text = (await send('/', { method: 'GET' })).text
    await inWindow('yes', '0000')
  }
  assert.deepEqual(await asked, { status: 409, error: 'sim_pin_blocked', tries_left: 0 })
  assert.equal((await call('/v1/sim', {}, token))['pin'], 'blocked')
  const unblock = (puk: string) =>
    send('/unblock', {
      headers: { origin: `http://127.0.0.1:${port}` },
      body: new URLSearchParams({ puk, pin: '1111' }).toString(),
    })
  assert.match((await unblock('00000000')).text, /role="alert"/)
  assert.equal((await unblock(PUK)).status, 303)
  const again = call('/v1/pay', paying, token)
  await inWindow('yes', '1111')
  assert.equal((await again).status, 200)
})

type Bent = Partial<SimCard['memory']> | undefined
// biome-ignore format: a table reads by its columns
const failures: readonly (readonly [what: string, Bent, code: string])[] = [
  ['no card in the reader',    undefined,                               'sim_absent'],
  ['a file switched off',      { lifeCycle: 'deactivated' },            'sim_deactivated'],
  ['a file not in use yet',    { lifeCycle: 'initialisation' },         'sim_not_written'],
  ['nothing in it',            { area: makeSimCardArea() },             'sim_record_empty'],
  ['no key of its own',        { authentication: null },           'sim_key_missing'],
]
function makeSimCardArea(): Uint8Array {
  const key = new Uint8Array(16)
  const maker = { enc: key, mac: key, dek: key }
  return makeSimCard({ iccid: '8982119900000001001', pin: PIN, puk: PUK, maker, layout: simLayout })
    .memory.area
}
for (const [what, change, code] of failures)
  test(`${what}: ${code}`, async () => {
    const token = await paired()
    chip = change === undefined ? undefined : writtenSim(change)
    const asked = call('/v1/pay', paying, token)
    if (change !== undefined) await Promise.race([inWindow('yes', PIN), asked])
    assert.equal((await asked)['error'], code)
  })

test('by company, by record; digits are written anew under the PIN', async () => {
  const token = await paired()
  const asked = call('/v1/digits', { choice: { selector: SELECTOR }, digits: '99' }, token)
  await inWindow('yes', PIN)
  assert.deepEqual(await asked, { status: 200, number: 1 })
  const other = await call('/v1/pay', { ...paying, choice: { selector: 1 } }, token)
  assert.equal(other['error'], 'sim_record_empty')
  assert.equal((await call('/v1/pay', { ...paying, choice: { number: 1 } }, token)).status, 200)
  const digits = windowsOf(simLayout).find((one) => one.description === description.pin_digits)
  assert.equal(chip?.memory.area[digits?.address ?? 0], 0x99)
})
