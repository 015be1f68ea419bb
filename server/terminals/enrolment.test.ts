// Goal: only what the vault admitted becomes a terminal, at the owner's hand and in time; what is
// sent again gets the same.
// Method: a scripted vault, a real PostgreSQL; the questions asked of the vault are compared.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { refused } from '@warifu/protocol/errors'
import type { VaultOutput, VaultRefusal } from '@warifu/protocol/vault'
import { type Rehearsal, rehearse, type Script, scriptedVault } from '@warifu/server/rehearsal'
import { list } from '#events'
import { createTerminals } from './terminals.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'enrolment' }, nowMs)
})
after(() => stage.close())

const digest = (letter: string) => letter.repeat(43)
const instant = '2027-01-05T00:00:00.000Z'
const admitted: VaultOutput<'admit_terminal'> = {
  sealing_thumbprint: digest('s'),
  signing_thumbprint: digest('g'),
  challenge: {
    header: {
      v: 1,
      suite: '0010-0001-0002',
      purpose: 'terminal-pop',
      kid: digest('s'),
      recipient: digest('s'),
      created: instant,
      exp: instant,
    },
    enc: digest('e'),
    ct: digest('c'),
  },
  vault_key: { kty: 'EC', crv: 'P-256', x: digest('x'), y: digest('y') },
}
const welcoming: Script = {
  admit_terminal: () => ({ ok: true, output: admitted }),
  confirm_terminal: ({ terminal }) => ({ ok: true, output: { terminal, admitted: true } }),
}

function newJwk() {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y } as const
}

async function enrol(script: Script = welcoming) {
  const vault = scriptedVault(script)
  const terminals = createTerminals({ ...stage, vault })
  const cardholder = stage.mint('chl')
  const { terminal, nonce } = await terminals.startEnrolment(cardholder, nowMs)
  const [sealing_key, signing_key] = [newJwk(), newJwk()]
  const assertion = {
    credential_id: 'YQ',
    authenticator_data: 'YQ',
    client_data_json: 'YQ',
    signature: 'YQ',
  }
  const keys = { sealing_key, signing_key, signature: digest('x'), assertion }
  return { vault, terminals, nonce, asked: { terminal, cardholder, ...keys } }
}

test('a phone becomes a terminal: pending, then active, and its owner is told once', async () => {
  const { vault, terminals, nonce, asked } = await enrol()
  const made = await terminals.create(asked, nowMs + 1000)
  assert(made.ok)
  assert.equal(made.value.terminal.status, 'pending')
  assert.deepEqual(made.value.challenge, admitted.challenge)
  assert.deepEqual(made.value.vault_key, admitted.vault_key)
  assert.deepEqual(vault.asked, [
    { operation: 'admit_terminal', input: { ...asked, nonce, now: instant } },
  ])
  const { terminal, cardholder } = asked
  const confirming = { terminal, cardholder, proof: digest('p') }
  for (const time of [1, 2]) {
    const active = await terminals.confirm(confirming, nowMs + time)
    assert(active.ok)
    assert.equal(active.value.status, 'active')
  }
  const told = await list(stage.store.sql, cardholder, { limit: 9, before: undefined })
  assert.deepEqual(
    told.map(({ type, sequence }) => [type, sequence]),
    [['terminal.active', 2]],
  )
  assert.deepEqual(
    (await terminals.list(cardholder)).map(({ id }) => id),
    [terminal],
  )
})

test('the same request again asks the vault with the same words and gets the same', async () => {
  const { vault, terminals, asked } = await enrol()
  const first = await terminals.create(asked, nowMs + 1000)
  assert.deepEqual(await terminals.create(asked, nowMs + 99_000), first)
  assert.deepEqual(vault.asked[1], vault.asked[0])
})

test('the key of a terminal is the enrolled one, its status the present one', async () => {
  const { terminals, asked } = await enrol()
  assert.equal(await terminals.keyOf(asked.terminal), undefined)
  await terminals.create(asked, nowMs)
  const before = await terminals.keyOf(asked.terminal)
  await terminals.confirm({ ...asked, proof: digest('p') }, nowMs)
  const now = await terminals.keyOf(asked.terminal)
  assert.deepEqual([before?.status, now?.status], ['pending', 'active'])
  assert.equal(now?.key, before?.key)
  assert.equal(now?.keyid, admitted.signing_thumbprint)
  assert.deepEqual(now?.key.export({ format: 'jwk' }), asked.signing_key)
})

test('too late, not begun, or begun by somebody else: the vault is not even asked', async () => {
  const { vault, terminals, asked } = await enrol()
  const expired = refused('challenge_expired')
  assert.deepEqual(await terminals.create(asked, nowMs + 5 * 60_000), expired)
  const other = { ...asked, cardholder: stage.mint('chl') }
  assert.deepEqual(await terminals.create(other, nowMs), expired)
  assert.deepEqual(
    await terminals.create({ ...asked, terminal: stage.mint('trm') }, nowMs),
    expired,
  )
  assert.deepEqual(vault.asked, [])
})

const refusals: readonly VaultRefusal[] = [
  'passkey_invalid',
  'passkey_unknown',
  'enrolment_invalid',
  'terminal_exists',
]
for (const refusal of refusals)
  test(`the vault says ${refusal}: so do we, and no terminal is there`, async () => {
    const { terminals, asked } = await enrol({ admit_terminal: () => ({ ok: false, refusal }) })
    assert.deepEqual(await terminals.create(asked, nowMs), { ok: false, refusal })
    assert.equal(await terminals.get(asked.terminal), undefined)
  })

test('a wrong proof, or another owner: the terminal stays pending', async () => {
  const { terminals, asked } = await enrol({
    ...welcoming,
    confirm_terminal: () => ({ ok: false, refusal: 'proof_invalid' }),
  })
  await terminals.create(asked, nowMs)
  const { terminal, cardholder } = asked
  const confirming = { terminal, cardholder, proof: digest('p') }
  assert.deepEqual(await terminals.confirm(confirming, nowMs), refused('proof_invalid'))
  const stranger = { ...confirming, cardholder: stage.mint('chl') }
  assert.deepEqual(await terminals.confirm(stranger, nowMs), refused('not_found'))
  assert.equal((await terminals.get(terminal))?.status, 'pending')
})

test('a suspended terminal is not made active again by its old proof', async () => {
  const { terminals, asked } = await enrol()
  await terminals.create(asked, nowMs)
  await stage.store.sql`
    update terminals.terminal set status = 'suspended' where id = ${asked.terminal}`
  const answer = await terminals.confirm({ ...asked, proof: digest('p') }, nowMs)
  assert.deepEqual(answer, refused('terminal_not_active'))
})
