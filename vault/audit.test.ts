// Goal: what the vault did cannot be changed, reordered, cut or invented without being found, and
// the vault's own role cannot even try.
// Method: a chain of real calls on a real PostgreSQL; each kind of tampering by the superuser,
// undone again; every table against every role.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { verifyAuditChain, type Witness } from './audit-chain.ts'
import { thumbprintOf } from './public-key.ts'
import { CHAIN, type Rehearsal, rehearse } from './rehearsal.ts'
import { carryCard, enrol, must, openingOf } from './rehearsal-person.ts'

let vault: Rehearsal
let witness: Witness
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'audit' })
  const person = await enrol(vault)
  const carried = await carryCard(person)
  await must(vault.dispatch, 'audit_head', {})
  await must(vault.dispatch, 'open_card', openingOf(person, carried))
  witness = await must(vault.dispatch, 'audit_head', {})
})
after(() => vault.close())

const verify = (own: { key?: string; witness?: Witness } = {}) =>
  verifyAuditChain(vault.auditor, { chain: CHAIN, ...own })
const faultOf = async (own: { key?: string; witness?: Witness } = {}) => {
  const verdict = await verify(own)
  return verdict.ok ? 'ok' : verdict.fault
}

test('the chain is verified from its rows alone, by the auditor’s role', async () => {
  const key = thumbprintOf(vault.world.hierarchy.signingKey)
  const verdict = await verify({ key, witness })
  assert.deepEqual(verdict, { ok: true, size: witness.size, signedSize: witness.size, key })
  assert(witness.size >= 6)
})

test('records say who, what and how it ended, by reference', async () => {
  const rows = await vault.auditor<{ record: string }[]>`
    select record from audit.record order by seq desc limit 1`
  const record: unknown = JSON.parse(rows[0]?.record ?? '')
  assert.match(JSON.stringify(record), /"operation":"open_card".*"payment":"pay_.*"result":"ok"/)
  for (const { record } of await vault.auditor<
    { record: string }[]
  >`select record from audit.record`)
    assert(!/[0-9]{13,}/.test(record.replaceAll(/[a-z]{3}_[0-9A-Z]{26}/g, '')), record)
})

// Each tampering, and what the verifier says of it.
const tamperings: readonly (readonly [string, string, string])[] = [
  [
    'a record altered',
    `update audit.record set record = replace(record, 'ok', 'no'),
    leaf = sha256('\\x00'::bytea || convert_to(replace(record, 'ok', 'no'), 'UTF8'))
    where seq = 2`,
    'head_broken',
  ],
  [
    'a record said otherwise',
    `alter table audit.record drop constraint record_check;
    update audit.record set record = replace(record, 'ok', 'no') where seq = 2`,
    'record_altered',
  ],
  [
    'two records in another order',
    `
    alter table audit.record drop constraint record_seq_check;
    update audit.record set seq = 0 where seq = 2; update audit.record set seq = 2 where seq = 3;
    update audit.record set seq = 3 where seq = 0`,
    'head_broken',
  ],
  ['one record gone', 'delete from audit.record where seq = 3', 'order_broken'],
  ['the first record gone', 'delete from audit.record where seq = 1', 'order_broken'],
  [
    'the end gone',
    'delete from audit.record where seq = (select max(seq) from audit.record)',
    'records_missing',
  ],
  [
    'a signature altered',
    `update audit.signed_head set signature = set_byte(signature, 9,
    get_byte(signature, 9) # 1)`,
    'signature_invalid',
  ],
  [
    'the whole chain written anew',
    `create temp table old on commit drop as select * from audit.record;
    delete from audit.record;
    select audit.append(chain, replace(record, '"ok"', '"no"')) from old order by seq`,
    'head_broken',
  ],
  [
    'the whole chain written anew, with its heads under the old signatures',
    `create temp table old on commit drop as select * from audit.record;
    delete from audit.record;
    select audit.append(chain, replace(record, '"ok"', '"no"')) from old order by seq;
    update audit.signed_head h set head = r.head from audit.record r where r.seq = h.size`,
    'signature_invalid',
  ],
  [
    'a head that was not the chain’s',
    `insert into audit.signed_head select chain, 1, head,
    signature, signing_key, signed_at_ms from audit.signed_head limit 1`,
    'head_broken',
  ],
]
class Undo extends Error {}
for (const [name, sql, fault] of tamperings)
  test(`found: ${name}`, async () => {
    await vault.superuser
      .begin(async (tx) => {
        await tx.unsafe(sql)
        const verdict = await verifyAuditChain(tx, { chain: CHAIN })
        assert.equal(verdict.ok ? 'ok' : verdict.fault, fault)
        throw new Undo()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error
      })
    assert.equal(await faultOf(), 'ok', 'and it was undone')
  })

test('an end cut off with its signatures is found by a head told before', async () => {
  const cut = vault.superuser.begin(async (tx) => {
    await tx`delete from audit.record where seq > 3`
    await tx`delete from audit.signed_head where size > 3`
    assert.equal((await verifyAuditChain(tx, { chain: CHAIN })).ok, true)
    const verdict = await verifyAuditChain(tx, { chain: CHAIN, witness })
    assert.deepEqual(verdict, { ok: false, fault: 'witness_missing', seq: witness.size })
    throw new Undo()
  })
  await assert.rejects(cut, Undo)
})

test('the verifier’s own process: 0 and the verdict, or 1', async () => {
  const main = join(import.meta.dirname, 'verify-audit', 'main.ts')
  const run = async (...args: string[]) => {
    const env = { VAULT_AUDIT_DATABASE_URL: vault.database.url('vault_auditor') }
    const child = spawn(process.execPath, [main, ...args], { env })
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    const [code] = await once(child, 'close')
    return [code, out.match(/"ok":(true|false)/)?.[1]]
  }
  const { size, head } = witness
  assert.deepEqual(await run(), [0, 'true'], 'every chain')
  const one = ['--chain', CHAIN, '--witness']
  assert.deepEqual(await run(...one, `${size}:${head}`), [0, 'true'])
  assert.deepEqual(await run(...one, `${size - 1}:${head}`), [1, 'false'])
  assert.deepEqual(await run(...one, 'nonsense'), [1, undefined])
  assert.deepEqual(await run('--chain', 'vault-9'), [1, undefined], 'no such chain is no proof')
})

test('a chain signed by another key is found by the key’s name', async () => {
  assert.equal(await faultOf({ key: 'A'.repeat(43) }), 'signing_key_unknown')
})

test('two processes that write at the same time make one chain', async () => {
  const other = await vault.restarted()
  const call = (id: number) => ({
    id,
    operation: 'make_code',
    input: {
      verification: vault.newId('ver'),
      tries: 3,
      expires_at: '2027-01-05T01:00:00.000Z',
    },
  })
  const { size } = witness
  const frames = Array.from({ length: 30 }, (_, i) => [call(i)])
  await Promise.all(frames.map((frame, i) => (i % 2 === 0 ? vault : other).dispatch(frame)))
  const verdict = await verify({ witness })
  assert(verdict.ok)
  assert.equal(verdict.size, size + 30)
})

test('another vault writes a chain of its own; either tells both, signed', async () => {
  const other = await vault.restarted('vault-second')
  const input = {
    verification: vault.newId('ver'),
    tries: 3,
    expires_at: '2027-01-05T01:00:00.000Z',
  }
  await must(other.dispatch, 'make_code', input)
  for (const { dispatch } of [vault, other]) {
    const { size, chains, signed_size } = await must(dispatch, 'audit_head', {
      chain: 'vault-second',
    })
    assert.deepEqual([size, signed_size, chains], [1, 1, [CHAIN, 'vault-second']])
    const page = await must(dispatch, 'audit_page', { chain: 'vault-second', after: 0 })
    assert.deepEqual(
      page.records.map(({ calls }) => calls.map(({ operation }) => operation)),
      [['make_code']],
    )
  }
  const verdict = await verifyAuditChain(vault.auditor, { chain: 'vault-second' })
  assert(verdict.ok && verdict.signedSize === 1)
})

test('a call whose record cannot be written has no effect', async () => {
  const verification = vault.newId('ver')
  const input = { verification, tries: 3, expires_at: '2027-01-05T01:00:00.000Z' }
  await vault.superuser`revoke insert on audit.record from vault_app`
  const [answer] = await vault.dispatch([{ id: 1, operation: 'make_code', input }])
  await vault.superuser`grant insert on audit.record to vault_app`
  assert.deepEqual(answer, { id: 1, ok: false, fault: 'vault_unavailable' })
  const rows = await vault.store`select 1 from codes.code where verification = ${verification}`
  assert.equal(rows.length, 0)
})

test('vault_app deletes nothing and changes only states, counters and checks', async () => {
  const tables = await vault.superuser<{ name: string; column: string; may: string[] }[]>`
    select c.table_schema || '.' || c.table_name as name, c.column_name as column,
      array_remove(array[
        case when has_column_privilege('vault_app', format('%I.%I', table_schema, table_name),
          column_name, 'update') then 'update' end,
        case when has_table_privilege('vault_app', format('%I.%I', table_schema, table_name),
          'delete') then 'delete' end,
        case when has_table_privilege('vault_app', format('%I.%I', table_schema, table_name),
          'truncate') then 'truncate' end], null) as may
    from information_schema.columns c
    where table_schema not in ('pg_catalog', 'information_schema')`
  const powers = tables.filter(({ may }) => may.length > 0)
  assert.deepEqual(powers.map(({ name, column, may }) => `${name}.${column} ${may}`).sort(), [
    // Plastic that is made anew has another security code: the card is sealed with it again.
    'cards.card.code_mac update',
    'cards.card.ct update',
    'cards.card.expiry_mac update',
    'cards.card.iv update',
    // Bound to the first scheme that it is sealed by.
    'cards.card.scheme update',
    'cards.card.wrapped_key update',
    'cards.chip.atc update',
    'cards.delivery.state update',
    'cards.home.terminal update',
    'chips.chip.cardholder update',
    'chips.chip.counter update',
    'chips.chip.last_digest update',
    'chips.chip.state update',
    'chips.chip.terminal update',
    'codes.code.tries_left update',
    'entry.base_key.next_device update',
    'entry.base_key.state update',
    'entry.device.state update',
    'entry.initial_key.counter update',
    'entry.initial_key.state update',
    'entry.noise.seen update',
    'entry.used.chip update',
    'entry.used.pin update',
    // A question to an acquirer that is asked again waits from then on.
    'keys.payment.state update',
    'keys.payment.wrapped update',
    'network.authorization.asked_at_ms update',
    'network.authorization.state update',
    'pins.verifier.prefix update',
    'pins.verifier.tries_left update',
    'pins.verifier.verifier update',
    'plastics.bureau.state update',
    'plastics.page.used update',
    'plastics.plastic.state update',
    'plastics.plastic.terminal update',
    'plastics.plastic.tries_left update',
    'sales.sale.because update',
    'sales.sale.ended_at_ms update',
    'sales.sale.state update',
    'sims.bridge.linked_at_ms update',
    'sims.bridge.point update',
    'sims.bridge.thumbprint update',
    'sims.company.state update',
    'sims.record.card update',
    'sims.record.selector update',
    'sims.record.written_at_ms update',
    'sims.sim.state update',
    'terminals.proof.passed_at_ms update',
    'terminals.terminal.state update',
  ])
  for (const statement of ['update audit.record set record = record', 'delete from audit.record'])
    await assert.rejects(vault.store.unsafe(statement), { code: '42501' })
})

test('the auditor reads the audit and nothing else', async () => {
  for (const table of ['cards.card', 'keys.domain', 'calls.answer', 'codes.code'])
    await assert.rejects(vault.auditor.unsafe(`select * from ${table}`), { code: '42501' })
  await assert.rejects(vault.auditor`select audit.append(${CHAIN}, '{}')`, { code: '42501' })
})
