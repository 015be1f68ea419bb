// Goal: whoever attacks a card between application and activation gets nothing: keys swapped at
//   enrolment, another terminal, a replayed application, another scheme than was asked for, two
//   installs at once, a number used twice or too late, a passkey synced to a thief's phone.
// Method: a real house; terminals of the attackers are real ones too, with somebody in between
//   where the attack needs it. After each, the card that may pay is the honest one, or none.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  createSoftwareTerminal,
  memoryKeeper,
  type PasskeyKeeper,
} from '@warifu/cli/software-terminal'
import {
  keepBlob,
  makeKeys,
  memoryStore,
  type Terminal,
  TerminalError,
  type TerminalState,
  type TerminalStore,
} from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import { ApiError, callApi, type Fetch, readAnswer } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let program: Id<'prg'>
let serverSql: postgres.Sql
let vaultSql: postgres.Sql
let phones = 0

before(async () => {
  house = await startHouse()
  people = peopleOf(house)
  assert(isId('prg', house.seed.program))
  program = house.seed.program
  serverSql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  vaultSql = postgres(house.vaultDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  await serverSql?.end()
  await vaultSql?.end()
  await house?.stop()
})

type Way = {
  readonly keeper?: PasskeyKeeper
  readonly store?: TerminalStore
  readonly between?: (fetch: Fetch) => Fetch
}

/** A terminal of nobody yet, with somebody on its way where the test says so. */
const newTerminal = (way: Way = {}): Terminal => {
  const { keeper = memoryKeeper(), store = memoryStore(), between = (fetch) => fetch } = way
  return createSoftwareTerminal({
    fetch: between(house.fetch),
    apiUrl: house.url,
    origin: house.walletOrigin,
    keeper,
    store,
  })
}

async function joined(way: Way = {}): Promise<Terminal> {
  const terminal = newTerminal(way)
  await terminal.join('Aiko')
  await terminal.enrol()
  return terminal
}

const applicant = {
  name: 'AIKO',
  birth_date: '1990-04-01',
  annual_income: 5_000_000,
  employment: 'employed',
} as const

/** An approved application that waits for its terminal. */
async function approved(terminal: Terminal, scheme: Scheme): Promise<Id<'app'>> {
  phones += 1
  const phone = `+8180${12_340_000 + phones}`
  const { id } = await terminal.apply(program, applicant, scheme)
  const verification = await terminal.startPhone(id, phone)
  const decided = await terminal.answerCode(verification.id, await codeFor(phone))
  assert.equal(decided.status, 'approved')
  return id
}

async function codeFor(to: string): Promise<string> {
  for (let patience = 200; patience > 0; patience -= 1) {
    const { data } = await callApi(people.api, 'listInbox', { query: { to, limit: 1 } })
    const [code] = /\b[0-9]{6}\b/.exec(data[0]?.text ?? '') ?? []
    if (code !== undefined) return code
  }
  assert.fail(`no code for ${to}`)
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'no refusal'
  } catch (error) {
    if (error instanceof ApiError || error instanceof TerminalError) return error.code
    throw error
  }
}

/** Changes what is asked, or answered, at one kind of request. */
type Hand = {
  readonly asked?: (body: string) => string | Promise<string>
  readonly answered?: (body: string) => string
}
const at =
  (path: RegExp, { asked = (body) => body, answered = (body) => body }: Hand) =>
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    if (!path.test(url)) return fetch(url, init)
    const response = await fetch(url, { ...init, body: await asked(String(init.body)) })
    const { status, headers } = response
    return new Response(answered(await response.text()), { status, headers })
  }

const publicJwk = async (pair: CryptoKeyPair) => {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { kty, crv, x, y }
}

suite('a key swapped at enrolment', () => {
  for (const which of ['sealing', 'signing'] as const)
    test(`the ${which} key, on its way to the platform`, async () => {
      const other = (await makeKeys(false))[which]
      const asked = async (body: string) =>
        JSON.stringify({ ...JSON.parse(body), [`${which}_key`]: await publicJwk(other) })
      const terminal = newTerminal({ between: at(/\/v1\/terminals$/, { asked }) })
      await terminal.join('Aiko')
      assert.equal(await codeOf(() => terminal.enrol()), 'enrolment_invalid')
    })

  test('the vault’s key, on its way to the phone: it is never admitted', async () => {
    const { signing } = await makeKeys(false)
    const jwk = await publicJwk(signing)
    const answered = (body: string) => JSON.stringify({ ...JSON.parse(body), vault_key: jwk })
    const terminal = newTerminal({ between: at(/\/v1\/terminals$/, { answered }) })
    await terminal.join('Aiko')
    assert.equal(await codeOf(() => terminal.enrol()), 'seal_invalid')
    const { cardholder } = await terminal.state()
    const rows = await vaultSql`
      select state from terminals.terminal where cardholder = ${cardholder}`
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['offered'],
    )
  })
})

test('a replayed application is the same application, and nobody else’s', async () => {
  const terminal = await joined()
  const body = { program, scheme: 'server_sealed', applicant } as const
  const request = await terminal.prepare('createApplication', { body })
  const answers = [await terminal.send(request), await terminal.send(request)]
  const ids = answers.map((answer) => readAnswer('createApplication', answer).id)
  assert.equal(ids[0], ids[1])
  const { cardholder } = await terminal.state()
  const rows = await serverSql`
    select id from issuing.application where cardholder = ${cardholder}`
  assert.equal(rows.length, 1)
  const other = (await (await joined()).state()).terminal ?? ''
  const bent = [{ 'warifu-counter': String(request.counter + 1) }, { 'warifu-terminal': other }]
  for (const headers of bent) {
    const posing = { ...request, headers: { ...request.headers, ...headers } }
    const send = async () => readAnswer('createApplication', await terminal.send(posing))
    assert.equal(await codeOf(send), 'signature_invalid')
  }
})

suite('another scheme than was asked for', () => {
  test('one that the program does not offer', async () => {
    const terminal = await joined()
    await serverSql`
      update issuing.program set schemes = array['double_sealed'] where id = ${program}`
    try {
      for (const scheme of schemes.filter((each) => each !== 'double_sealed'))
        assert.equal(
          await codeOf(() => terminal.apply(program, applicant, scheme)),
          'program_closed',
          scheme,
        )
    } finally {
      await serverSql`
        update issuing.program set schemes = ${[...schemes]} where id = ${program}`
    }
  })

  test('the platform hands it out another way: the phone does not take it', async () => {
    const answered = (body: string) => {
      const { delivery, ...rest } = JSON.parse(body)
      const scheme = 'server_sealed'
      return JSON.stringify({ ...rest, scheme, delivery: { scheme, blob: delivery.blob } })
    }
    const terminal = await joined({ between: at(/\/installation$/, { answered }) })
    const application = await approved(terminal, 'payment_key')
    assert.equal(await codeOf(() => terminal.install(application)), 'scheme_mismatch')
    assert.deepEqual((await terminal.state()).cards, [])
  })

  test('the platform has it sealed another way: the vault does not', async () => {
    const terminal = await joined()
    const application = await approved(terminal, 'double_sealed')
    await terminal.install(application)
    await serverSql`
      update provisioning.installation set expires_ms = 0, state = 'offered', confirmed_ms = null,
             scheme = 'terminal_sealed' where application = ${application}`
    await serverSql`
      update issuing.application set scheme = 'terminal_sealed', state = 'approved'
       where id = ${application}`
    assert.equal(await codeOf(() => terminal.install(application)), 'internal_error')
  })
})

suite('who pulls the card', () => {
  test('another person’s terminal: there is no such application', async () => {
    const keeper = memoryKeeper()
    const terminal = await joined({ keeper })
    const application = await approved(terminal, 'server_sealed')
    const stranger = await joined()
    assert.equal(await codeOf(() => stranger.install(application)), 'not_found')
    assert.equal((await terminal.install(application)).status, 'active')
  })

  for (const scheme of schemes)
    test(`${scheme}: two installs at once are one installation`, async () => {
      const terminal = await joined()
      const application = await approved(terminal, scheme)
      const params = { id: application }
      const one = await terminal.prepare('installCard', { params })
      const two = await terminal.prepare('installCard', { params })
      const answers = await Promise.all([one, two].map((request) => terminal.send(request)))
      const ids = answers.flatMap((answer) => {
        // The later counter may have come first: the other one is stale then.
        if (answer.status === 409) return []
        const { id, inner_digest } = readAnswer('installCard', answer)
        return [`${id} ${inner_digest}`]
      })
      assert(ids.length > 0)
      assert.equal(new Set(ids).size, 1)
      const card = await terminal.install(application)
      const { link } = await people.ask()
      assert.equal((await pay({ terminal, card: card.id }, link)).status, 'authorized')
      const rows = await serverSql`
        select id from provisioning.installation where application = ${application}`
      assert.equal(rows.length, 1)
    })
})

suite('the one-time number', () => {
  /** Installed, and not confirmed: the confirmation is kept from the platform. */
  async function unconfirmed() {
    let isHeld = true
    const hold =
      (fetch: Fetch): Fetch =>
      async (url, init) => {
        if (!isHeld || !/\/installations\/.+\/confirm$/.test(url)) return fetch(url, init)
        return fetch(url.replace('/confirm', '/confirms'), init)
      }
    const terminal = await joined({ between: hold })
    const application = await approved(terminal, 'activation_number')
    assert.equal(await codeOf(() => terminal.install(application)), 'not_found')
    isHeld = false
    const [card] = (await terminal.state()).cards
    assert(card)
    return { terminal, application, card: card.card }
  }
  const isActive = async (card: Id<'crd'>) =>
    (await serverSql`select active from ledger.card where id = ${card}`)[0]?.['active']

  test('before it came back the card is dead, in vault and ledger', async () => {
    const { terminal, application, card } = await unconfirmed()
    const { link } = await people.ask()
    assert.equal(await codeOf(() => pay({ terminal, card }, link)), 'card_not_activated')
    assert.equal(await isActive(card), false)
    assert.equal((await terminal.install(application)).status, 'active')
    const again = await people.ask()
    assert.equal((await pay({ terminal, card }, again.link)).status, 'authorized')
  })

  test('too late: refused, and the card stays dead', async () => {
    const { terminal, application, card } = await unconfirmed()
    await vaultSql`update cards.delivery set expires_at_ms = 1 where card = ${card}`
    assert.equal(await codeOf(() => terminal.install(application)), 'activation_expired')
    assert.equal(await isActive(card), false)
  })

  test('a second time: refused; the card is what it was', async () => {
    const { terminal, application, card } = await unconfirmed()
    const wanted = { params: { id: application } }
    const offered = readAnswer(
      'installCard',
      await terminal.send(await terminal.prepare('installCard', wanted)),
    )
    assert.equal((await terminal.install(application)).status, 'active')
    const [row] = await serverSql<{ evidence: { body: string } }[]>`
      select evidence::json as evidence from terminals.request
       where terminal = ${(await terminal.state()).terminal} order by counter desc limit 1`
    const sent = JSON.parse(Buffer.from(row?.evidence.body ?? '', 'base64url').toString('utf8'))
    assert.match(sent.activation_number, /^[A-Za-z0-9_-]{22}$/)
    const params = { id: offered.id }
    const twice = await terminal.prepare('confirmInstallation', { params, body: sent })
    const send = async () => readAnswer('confirmInstallation', await terminal.send(twice))
    assert.equal(await codeOf(send), 'activation_used')
    assert.equal(await isActive(card), true)
  })
})

test('a payment’s record says that the phone could read the card in one scheme only', async () => {
  const terminal = await joined()
  for (const scheme of ['terminal_sealed', 'server_sealed'] as const) {
    const { id: card } = await terminal.install(await approved(terminal, scheme))
    const { id, link } = await people.ask()
    await pay({ terminal, card }, link)
    const hops = (await people.merchant.payments.timeline(id)).flatMap((entry) => entry.hops)
    const readable = hops.filter(({ to }) => to === 'terminal').flatMap((hop) => hop.readable)
    assert.equal(readable.includes('card'), scheme === 'terminal_sealed')
    const sealed = hops.filter(({ to }) => to === 'vault').flatMap((hop) => hop.sealed)
    const key = scheme === 'terminal_sealed' ? /^[A-Za-z0-9_-]{43}$/ : /^chl_.+\.1$/
    assert.match(sealed[0]?.key ?? '', key)
  }
})

suite('a passkey synced to a thief’s phone', () => {
  for (const scheme of schemes)
    test(`${scheme}: with the first phone’s whole image in hand, too`, async () => {
      const keeper = memoryKeeper()
      const terminal = await joined({ keeper })
      const application = await approved(terminal, scheme)
      const { id: card } = await terminal.install(application)
      const store = memoryStore()
      const thief = newTerminal({ keeper, store })
      await thief.logIn()
      const enrolled = await codeOf(() => thief.enrol())
      assert.notEqual(await codeOf(() => thief.install(application)), 'no refusal')
      await store.save(await withStolenCard(await store.load(), terminal, card))
      const { link } = await people.ask()
      const code = await codeOf(() => pay({ terminal: thief, card }, link))
      assert(['card_unknown', 'terminal_not_active'].includes(code), `${code}; ${enrolled}`)
      const again = await people.ask()
      assert.equal((await pay({ terminal, card }, again.link)).status, 'authorized')
    })

  /** All that the first phone keeps of its card, under the thief's own lock. */
  async function withStolenCard(state: TerminalState, from: Terminal, card: Id<'crd'>) {
    const { cards, vault_key } = await from.state()
    const stolen = cards.find((each) => each.card === card) ?? assert.fail('no card to steal')
    const local = state.keys?.local ?? assert.fail('no keys')
    const blob = await from.blobOf(card)
    const kept = await keepBlob(local, { card, blob, iv: new Uint8Array(12) })
    return { ...state, vault_key, cards: [{ ...stolen, kept }] }
  }
})
