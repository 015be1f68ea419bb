// Goal: an approved card reaches the phone that applied, and no other; it pays from the moment that
// the phone says, signed, what it keeps; after that its owner may freeze and unfreeze it.
// Method: real PostgreSQL with the rooms above; a scripted vault whose questions are compared.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Delivery } from '@warifu/protocol/delivery'
import { refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { type Scheme, schemes } from '@warifu/protocol/schemes'
import { type VaultRefusal, vaultOperations } from '@warifu/protocol/vault'
import {
  callOf,
  lookingOn,
  quietEdges,
  type Rehearsal,
  rehearse,
  type Script,
  scriptedVault,
} from '@warifu/server/rehearsal'
import { Check } from 'typebox/value'
import { list } from '#events'
import { createIssuing, createProgram } from '#issuing'
import { createTerminals, type Work } from '#terminals'
import { createProvisioning } from './provisioning.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const nowMs = Date.UTC(2027, 0, 31, 8)
let stage: Rehearsal
let program: Id<'prg'>

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'provisioning' }, nowMs)
  program = stage.mint('prg')
  const facts = { id: program, name: 'Campus', bin: '990012', currency: 'jpy' }
  const offers = {
    schemes: [...schemes],
    verificationMethods: [],
    validityMonths: 60,
  } as const
  const limits = { perTransaction: 50_000n, perDay: 100_000n, perMonth: 300_000n }
  const gives = { result: 'approve', reason: 'rules_met', limit: 100_000 } as const
  const rest = { signatureOnlyMax: 500n, rules: [{ when: [], gives }] }
  await createProgram(stage.store.sql, { ...facts, ...offers, ...limits, ...rest }, nowMs)
})
after(() => stage.close())

/** As the vault: sealed for the terminal, for seven days from the time told. */
let sealedSoFar = 0
const sealing: Script = {
  make_card: ({ card, expires }) => ({ ok: true, output: { card, last4: '4242', expires } }),
  seal_card: ({ now }) => {
    sealedSoFar += 1
    const recipient = 'r'.repeat(43)
    const exp = new Date(Date.parse(now) + 7 * DAY_MS).toISOString()
    const purpose = 'card-install' as const
    const suite = '0010-0001-0002' as const
    const header = { v: 1, suite, purpose, kid: recipient, recipient, created: now, exp } as const
    const inner_digest = String(sealedSoFar).padStart(43, 'd')
    const sealed = { header, enc: 'e'.repeat(87), ct: 'c'.repeat(100) }
    return {
      ok: true,
      output: {
        inner_digest,
        expires_at: exp,
        delivery: { scheme: 'double_sealed', sealed },
        inner_key: { kid: 'k', check_value: '00AA11' },
      },
    }
  },
}

async function bornPhone(cardholder: Id<'chl'>, script: Script = sealing) {
  const vault = scriptedVault(script)
  const looking = lookingOn(createTerminals({ ...stage, vault }))
  const issuing = createIssuing({ ...stage, ...quietEdges, vault })
  const provisioning = createProvisioning({ ...stage, vault, issuing })
  const terminal = stage.mint('trm', stage.lane())
  await stage.store.sql`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       created_ms)
    values (${laneOf(terminal)}, ${terminal}, ${cardholder}, 'active', 's', 'g', '{}', ${nowMs})`
  let counter = 0
  type At = { readonly call: ReturnType<typeof callOf>; readonly nowMs: number }
  const does = <G, T>(work: (at: At) => Work<G, T>, atMs = nowMs) => {
    counter += 1
    const call = callOf({ terminal, cardholder, counter, body: `${terminal} ${counter}` })
    return looking(call, work({ call, nowMs: atMs }), atMs)
  }
  return {
    vault,
    issuing,
    install: (application: Id<'app'>, atMs = nowMs) =>
      does((at) => provisioning.install({ ...at, application }), atMs),
    confirm: (installation: Id<'ins'>, innerDigest: string, atMs = nowMs) =>
      does(
        (at) => provisioning.confirm({ ...at, installation, body: { inner_digest: innerDigest } }),
        atMs,
      ),
    suspend: (card: Id<'crd'>) => does((at) => issuing.suspend({ ...at, card })),
    resume: (card: Id<'crd'>) => does((at) => issuing.resume({ ...at, card })),
    renewKey: (card: Id<'crd'>, atMs = nowMs) =>
      does((at) => provisioning.renewKey({ ...at, card }), atMs),
    apply: async (scheme: Scheme = 'double_sealed') => {
      const applicant = {
        name: '花子',
        birth_date: '2000-01-05',
        annual_income: 1,
        employment: 'employed',
      } as const
      const asks = { program, scheme, applicant } as const
      const answer = await does((at) => issuing.apply({ ...at, ...asks }))
      assert(answer.ok && answer.value.card)
      return { application: answer.value.id, card: answer.value.card }
    },
  }
}

const createdOf = (delivery: Delivery) =>
  'sealed' in delivery ? delivery.sealed.header.created : undefined

const mayPay = async (card: Id<'crd'>) =>
  (await stage.store.sql`select active, last4 from ledger.card where id = ${card}`)[0]

async function installed(script: Script = sealing, scheme?: Scheme) {
  const cardholder = stage.mint('chl')
  const phone = await bornPhone(cardholder, script)
  const { application, card } = await phone.apply(scheme)
  const pulled = await phone.install(application)
  assert(pulled.ok)
  const { id, innerDigest } = pulled.value
  return { phone, cardholder, application, card, installation: id, innerDigest }
}

describe('pulling', () => {
  test('makes and seals the card; it does not pay before it is confirmed', async () => {
    const phone = await bornPhone(stage.mint('chl'))
    const { application, card } = await phone.apply()
    const pulled = await phone.install(application)
    assert(pulled.ok)
    const { state, last4, expires, delivery } = pulled.value
    assert.deepEqual([state, last4, expires], ['offered', '4242', '2032-01'])
    assert.equal(createdOf(delivery), new Date(nowMs).toISOString())
    assert.deepEqual(
      phone.vault.asked.map(({ operation }) => operation),
      ['make_card', 'seal_card'],
    )
    for (const { operation, input } of phone.vault.asked)
      assert(Check(vaultOperations[operation].input, input), operation)
    const found = await phone.issuing.card(card, nowMs)
    assert.deepEqual(
      [found?.state, found?.last4, found?.expires],
      ['provisioned', '4242', '2032-01'],
    )
    assert.deepEqual({ ...(await mayPay(card)) }, { active: false, last4: '4242' })
  })

  test('again is the same installation, and the vault is not asked again', async () => {
    const { phone, application, installation, innerDigest } = await installed()
    const again = await phone.install(application, nowMs + DAY_MS)
    assert(again.ok)
    assert.deepEqual([again.value.id, again.value.innerDigest], [installation, innerDigest])
    assert.equal(phone.vault.asked.length, 2)
  })

  test('twice at once is one installation', async () => {
    const phone = await bornPhone(stage.mint('chl'))
    const { application } = await phone.apply()
    const pulls = await Promise.all([phone.install(application), phone.install(application)])
    const ids = pulls.map((pull) => (pull.ok ? [pull.value.id, pull.value.innerDigest] : []))
    // Which counter comes first is open; the later one of the two may be stale then.
    const [first = []] = ids.filter(({ length }) => length > 0)
    assert.equal(first.length, 2)
    for (const id of ids) if (id.length > 0) assert.deepEqual(id, first)
  })

  test('after the seal has run out seals anew: same installation, same card', async () => {
    const { phone, application, card, installation, innerDigest } = await installed()
    const late = nowMs + 8 * DAY_MS + 5000
    const again = await phone.install(application, late)
    assert(again.ok)
    assert.equal(again.value.id, installation)
    assert.notEqual(again.value.innerDigest, innerDigest)
    assert.equal(createdOf(again.value.delivery), new Date(nowMs + 8 * DAY_MS).toISOString())
    const mismatch = refused('installation_mismatch')
    assert.deepEqual(await phone.confirm(installation, innerDigest, late), mismatch)
    assert((await phone.confirm(installation, again.value.innerDigest, late)).ok)
    assert.deepEqual({ ...(await mayPay(card)) }, { active: true, last4: '4242' })
  })

  test('by another phone of the same person, or by a stranger, is refused unasked', async () => {
    const { cardholder, application } = await installed()
    const second = await bornPhone(cardholder)
    assert.deepEqual(await second.install(application), refused('application_state'))
    const stranger = await bornPhone(stage.mint('chl'))
    assert.deepEqual(await stranger.install(application), refused('not_found'))
    assert.deepEqual([...second.vault.asked, ...stranger.vault.asked], [])
  })

  test('after the deadline is refused', async () => {
    const phone = await bornPhone(stage.mint('chl'))
    const { application } = await phone.apply()
    const late = nowMs + 30 * DAY_MS
    assert.deepEqual(await phone.install(application, late), refused('application_expired'))
  })

  const noSeal = (refusal: VaultRefusal): Script => ({
    ...sealing,
    seal_card: () => ({ ok: false, refusal }),
  })
  for (const [name, script, refusal] of [
    [
      'no number is free',
      { make_card: () => ({ ok: false, refusal: 'bin_exhausted' }) },
      'bin_exhausted',
    ],
    ['the vault never admitted it', noSeal('terminal_unknown'), 'terminal_not_active'],
    ['the vault removed it', noSeal('terminal_not_admitted'), 'terminal_not_active'],
  ] as const satisfies readonly (readonly [string, Script, string])[])
    test(`${name}: refused, and the card is where it was`, async () => {
      const phone = await bornPhone(stage.mint('chl'), script)
      const { application, card } = await phone.apply()
      assert.deepEqual(await phone.install(application), refused(refusal))
      assert.equal((await phone.issuing.card(card, nowMs))?.state, 'approved')
    })

  test('a vault that denies the card it has just made is a fault, not a refusal', async () => {
    const phone = await bornPhone(stage.mint('chl'), noSeal('cardholder_mismatch'))
    const { application } = await phone.apply()
    await assert.rejects(phone.install(application), /cardholder_mismatch/)
  })
})

describe('confirming', () => {
  test('makes the card active everywhere at once, and only once', async () => {
    const { phone, cardholder, application, card, installation, innerDigest } = await installed()
    for (const _ of [1, 2]) {
      const active = await phone.confirm(installation, innerDigest)
      assert(active.ok)
      assert.equal(active.value.state, 'active')
      assert.deepEqual(
        active.value.history.map(({ to, actor }) => [to, actor]),
        [
          ['approved', 'issuer'],
          ['provisioned', 'terminal'],
          ['active', 'terminal'],
        ],
      )
    }
    assert.deepEqual({ ...(await mayPay(card)) }, { active: true, last4: '4242' })
    assert.equal((await phone.issuing.application(application, nowMs))?.state, 'installed')
    const told = await list(stage.store.sql, cardholder, { limit: 9, before: undefined })
    const cards = told.filter(({ subject }) => subject === card)
    const active = cards.find(({ type }) => type === 'card.active')
    assert.match(String(Object(active?.data).terminal), /^trm_/, 'and told which phone has it')
    assert.deepEqual(cards.map(({ type, sequence }) => `${type} ${sequence}`).sort(), [
      'card.active 3',
      'card.provisioned 2',
    ])
    assert.deepEqual(await phone.install(application), refused('application_state'))
    assert.equal(await phone.issuing.signatureOnlyMax(stage.store.sql, cardholder), 500n)
  })

  test('another digest, phone or installation: refused, and nothing pays', async () => {
    const { phone, cardholder, card, installation, innerDigest } = await installed()
    const mismatch = refused('installation_mismatch')
    assert.deepEqual(await phone.confirm(installation, 'x'.repeat(43)), mismatch)
    const second = await bornPhone(cardholder)
    assert.deepEqual(await second.confirm(installation, innerDigest), refused('not_found'))
    assert.deepEqual(await phone.confirm(stage.mint('ins'), innerDigest), refused('not_found'))
    assert.equal((await mayPay(card))?.['active'], false)
    assert.equal(await phone.issuing.signatureOnlyMax(stage.store.sql, cardholder), 0n)
  })

  test('after the deadline is refused, and nothing pays', async () => {
    const { phone, card, installation, innerDigest } = await installed()
    const late = nowMs + 30 * DAY_MS
    const state = refused('application_state')
    assert.deepEqual(await phone.confirm(installation, innerDigest, late), state)
    assert.equal((await mayPay(card))?.['active'], false)
  })
})

describe('by scheme', () => {
  let cardNow = (): Id<'crd'> => assert.fail()
  test('the vault is asked for the one that was applied for', async () => {
    for (const scheme of schemes) {
      const { phone } = await installed(sealing, scheme)
      const asked = phone.vault.asked.find(({ operation }) => operation === 'seal_card')
      assert.equal(Object(asked?.input).scheme, scheme)
    }
  })

  const activating = (answer: ReturnType<NonNullable<Script['activate_card']>>): Script => ({
    ...sealing,
    activate_card: () => answer,
  })
  for (const [refusal, code] of [
    ['activation_unknown', 'activation_unknown'],
    ['activation_used', 'activation_used'],
    ['activation_expired', 'activation_expired'],
    ['signature_invalid', 'signature_invalid'],
    ['terminal_not_admitted', 'terminal_not_active'],
    ['statement_invalid', 'activation_unknown'],
  ] as const)
    test(`activation_number, ${refusal}: the card stays dead`, async () => {
      const script = activating({ ok: false, refusal })
      const made = await installed(script, 'activation_number')
      const { phone, card, installation, innerDigest } = made
      assert.deepEqual(await phone.confirm(installation, innerDigest), refused(code))
      assert.equal((await mayPay(card))?.['active'], false)
    })

  test('activation_number: the vault consumes the number before anything is recorded', async () => {
    const { phone, card, installation, innerDigest } = await installed(
      { ...sealing, activate_card: () => ({ ok: true, output: { card: cardNow() } }) },
      'activation_number',
    )
    cardNow = () => card
    assert((await phone.confirm(installation, innerDigest)).ok)
    assert.equal((await mayPay(card))?.['active'], true)
    const [asked] = phone.vault.asked.filter(({ operation }) => operation === 'activate_card')
    assert(Check(vaultOperations.activate_card.input, asked?.input))
  })
  test('a key is renewed for the terminal that keeps the card, in whole days', async () => {
    const payment_key = `${'h'.repeat(40)}.${'p'.repeat(40)}.${'s'.repeat(86)}`
    const script: Script = {
      ...sealing,
      renew_payment_key: () => ({ ok: true, output: { payment_key } }),
    }
    const { phone, card, installation, innerDigest } = await installed(script, 'payment_key')
    assert.deepEqual(await phone.renewKey(card), refused('not_found'), 'not confirmed yet')
    assert((await phone.confirm(installation, innerDigest)).ok)
    const renewed = await phone.renewKey(card, nowMs + 5000)
    assert(renewed.ok)
    assert.deepEqual(renewed.value, { card, payment_key })
    const asked = phone.vault.asked.findLast(({ operation }) => operation === 'renew_payment_key')
    assert.equal(Object(asked?.input).now, new Date(nowMs - (nowMs % DAY_MS)).toISOString())
    const stranger = await bornPhone(stage.mint('chl'), script)
    assert.deepEqual(await stranger.renewKey(card), refused('not_found'))
  })

  test('a scheme without such a key has none to renew', async () => {
    const script: Script = {
      ...sealing,
      renew_payment_key: () => ({ ok: false, refusal: 'scheme_mismatch' }),
    }
    const { phone, card, installation, innerDigest } = await installed(script, 'server_sealed')
    assert((await phone.confirm(installation, innerDigest)).ok)
    assert.deepEqual(await phone.renewKey(card), refused('not_found'))
  })
})

describe('freezing', () => {
  test('stops the card in the ledger at once; unfreezing lets it pay again', async () => {
    const { phone, card, installation, innerDigest } = await installed()
    await phone.confirm(installation, innerDigest)
    const frozen = await phone.suspend(card)
    assert(frozen.ok && frozen.value.state === 'suspended')
    assert.equal((await mayPay(card))?.['active'], false)
    assert.deepEqual(await phone.suspend(card), refused('card_not_active'))
    const thawed = await phone.resume(card)
    assert(thawed.ok && thawed.value.state === 'active')
    assert.equal((await mayPay(card))?.['active'], true)
    assert.deepEqual(await phone.resume(card), refused('card_not_active'))
  })

  test('a card that was never installed is not made active by unfreezing it', async () => {
    const { phone, card } = await installed()
    assert.deepEqual(await phone.resume(card), refused('card_not_active'))
    assert.deepEqual(await phone.suspend(card), refused('card_not_active'))
    assert.equal((await mayPay(card))?.['active'], false)
  })

  test('somebody else’s card is not found', async () => {
    const { card } = await installed()
    const stranger = await bornPhone(stage.mint('chl'))
    assert.deepEqual(await stranger.suspend(card), refused('not_found'))
    assert.deepEqual(await stranger.resume(stage.mint('crd')), refused('not_found'))
  })
})
