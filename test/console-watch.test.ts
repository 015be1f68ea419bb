// Goal: what is dangerous at the console needs two, and the second agrees to what is carried out,
//   word for word; whatever people do stands in a chain that shows what was altered; the vault's
//   is recomputed; charts count what happened; an auditor's link shows one payment, for a time.
// Method: one real house over HTTP; rows are altered by a superuser, as an attacker with the
//   database would.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operateServer } from '@warifu/cli/operators'
import type { Reply } from '@warifu/protocol/contract'
import postgres from 'postgres'
import { askConsole, enter, type Visitor } from './console-people.ts'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, peopleOf } from './people.ts'

let house: House
let people: People
let holder: Holder
let aoi: Visitor
let ren: Visitor
before(async () => {
  house = await startHouse({ env: { server: { REQUESTS_PER_SECOND: '5000' } } })
  people = peopleOf(house)
  holder = await people.become('Watched')
  aoi = await enter(house, 'aoi')
  ren = await enter(house, 'ren')
})
after(async () => await house?.stop())

async function pay(amount: number) {
  const { id, link } = await people.ask({ amount, merchant_reference: `watch ${amount}` })
  const { terminal, card } = holder
  await terminal.present(await terminal.claim(link), card, { verifyUser: true })
  return id
}

const waitingActs = async ({ ask }: Visitor) =>
  (await ask<'listActs'>('/v1/operator/acts?status=waiting')).json.data

test('bounds and terms of a program change when another agrees to the very change', async () => {
  const { json } = await aoi.ask<'findPrograms'>('/v1/operator/programs?limit=100')
  const program = json.data.find(({ id }) => id === house.seed.program)
  assert(program)
  const path = `/v1/operator/programs/${program.id}`
  const change = { per_transaction: 4000, over_capture: 1000, force_post: true }
  const asked = await aoi.ask<'changeProgram'>(path, { body: change })
  assert.equal(asked.status, 200, asked.text)
  assert.equal(asked.json.waiting?.act, 'program.change')
  assert.deepEqual(asked.json.program.controls, program.controls, 'nothing has changed yet')

  const [act] = await waitingActs(ren)
  assert(act?.approvable)
  const yes = `/v1/operator/acts/${act.id}/approve`
  const whole = await ren.ask<'getAct'>(`/v1/operator/acts/${act.id}`)
  const { content, about } = whole.json
  assert.deepEqual(content, { per_transaction: 4000, over_capture: 1000, force_post: 'yes' })
  const { name, currency, now } = about
  assert.deepEqual([name, currency], [program.name, program.currency])
  const { per_transaction } = program.controls
  assert.deepEqual(now, { per_transaction, over_capture: 0, force_post: 'no' }, 'as it stands')
  const own = (await waitingActs(aoi)).find(({ id }) => id === act.id)
  assert.equal(own?.approvable, false)
  assert.equal((await aoi.ask(yes, { body: { digest: act.digest } })).code, 'act_own')
  const auditor = await enter(house, 'auditor')
  assert.equal((await auditor.ask(yes, { body: { digest: act.digest } })).code, 'role_missing')
  const operator = await enter(house, 'operator')
  assert.equal((await operator.ask(yes, { body: { digest: act.digest } })).code, 'role_missing')
  // Asked for otherwise after it was read: what was read is not what would be carried out.
  await aoi.ask(path, { body: { per_transaction: 9_000_000 } })
  assert.equal((await ren.ask(yes, { body: { digest: act.digest } })).code, 'act_changed')
  await aoi.ask(path, { body: change })
  const done = await ren.ask<'approveAct'>(yes, { body: { digest: act.digest } })
  assert.equal(done.status, 200, done.text)
  assert.deepEqual([done.json.status, done.json.ended_by?.name], ['approved', 'Ren (sandbox)'])
  assert.equal((await ren.ask(yes, { body: { digest: act.digest } })).code, 'act_over')

  const after = await aoi.ask<'findPrograms'>('/v1/operator/programs?limit=100')
  const changed = after.json.data.find(({ id }) => id === program.id)
  assert.equal(changed?.controls.per_transaction, 4000)
  assert.deepEqual([changed?.over_capture, changed?.force_post], [1000, true])
  await pay(4000)
  await assert.rejects(pay(4001), /limit/i)
})

test('what is refused is not done, and makes room for another question', async () => {
  const path = `/v1/operator/programs/${house.seed.program}`
  await aoi.ask(path, { body: { per_day: 1 } })
  const [act] = await waitingActs(ren)
  const no = await ren.ask<'refuseAct'>(`/v1/operator/acts/${act?.id}/refuse`, { body: {} })
  assert.equal(no.json.status, 'refused')
  const late = { body: { digest: act?.digest } }
  assert.equal((await ren.ask(`/v1/operator/acts/${act?.id}/approve`, late)).code, 'act_over')
  const again = await ren.ask<'changeProgram'>(path, { body: { per_day: 1 } })
  assert.equal(again.json.waiting?.by.startsWith('opr_'), true, 'a first question, not a yes')
  const [mine] = await waitingActs(ren)
  assert.equal((await ren.ask(`/v1/operator/acts/${mine?.id}/refuse`, { body: {} })).status, 200)
  const all = await aoi.ask<'listActs'>('/v1/operator/acts?status=refused')
  assert.equal(all.json.data.length, 2)
})

test('rules of a program change by two, word for word; what is no rule is refused', async () => {
  const { json } = await aoi.ask<'findPrograms'>('/v1/operator/programs?limit=100')
  const program = json.data.find(({ name }) => name === 'Warifu Fuel')
  assert(program)
  const path = `/v1/operator/programs/${program.id}`
  const grant = { result: 'approve', reason: 'rules_met', limit: 30_000 } as const
  const rules = [
    {
      when: [{ fact: 'employment', among: ['none'] }],
      gives: { result: 'refuse', reason: 'policy' },
    },
    { when: [{ fact: 'annualIncome', atLeast: 2_000_000 }], gives: grant },
  ]
  for (const wrong of [
    [{ when: [{ fact: 'employment', among: ['retried'] }], gives: grant }],
    [{ when: [{ fact: 'height', below: 180 }], gives: grant }],
    [{ when: [], gives: { result: 'approve', reason: 'rules_met' } }],
    [{ when: [], gives: { ...grant, limit: -1 } }],
  ])
    assert.match((await aoi.ask(path, { body: { rules: wrong } })).code ?? '', /^field_/)
  for (const role of ['operator', 'auditor', 'merchant_admin'] as const) {
    const refused = await (await enter(house, role)).ask(path, { body: { rules } })
    assert.equal(refused.code, 'role_missing', role)
  }
  const asked = await aoi.ask<'changeProgram'>(path, { body: { rules } })
  assert.deepEqual(asked.json.program.rules, program.rules, 'nothing has changed yet')
  const again = await aoi.ask<'changeProgram'>(path, { body: { rules } })
  assert(again.json.waiting, 'the same person twice is one person')
  const [act] = await waitingActs(ren)
  assert.equal(act?.act, 'program.change')
  const yes = `/v1/operator/acts/${act?.id}/approve`
  const body = { digest: act?.digest }
  assert.equal((await aoi.ask(yes, { body })).code, 'act_own')
  const operator = await enter(house, 'operator')
  assert.equal((await operator.ask(yes, { body })).code, 'role_missing')
  await aoi.ask(path, { body: { rules: rules.toReversed() } })
  assert.equal((await ren.ask(yes, { body })).code, 'act_changed')
  await aoi.ask(path, { body: { rules } })
  assert.equal((await ren.ask(yes, { body })).status, 200)
  const after = await aoi.ask<'findPrograms'>('/v1/operator/programs?limit=100')
  assert.deepEqual(after.json.data.find(({ id }) => id === program.id)?.rules, rules)
})

test('an operator’s access ends by two operators; token and sessions are over', async () => {
  const added = await operateServer(house.serverDatabase.url, ['add', 'Leaving', 'operator'])
  const { operator: id, token } = JSON.parse(added)
  const bearer = { headers: { authorization: `Bearer ${token}` } }
  assert.equal((await askConsole(house, '/v1/operator', bearer)).status, 200)
  const path = `/v1/operator/operators/${id}/end`
  for (const role of ['issuer', 'auditor', 'merchant_admin'] as const) {
    const refused = await (await enter(house, role)).ask(path, { body: {} })
    assert.equal(refused.code, 'role_missing', role)
  }
  const nobody = `/v1/operator/operators/opr_${'0'.repeat(26)}/end`
  assert.equal((await aoi.ask(nobody, { body: {} })).code, 'not_found')
  const asked = await aoi.ask<'endOperator'>(path, { body: {} })
  assert.deepEqual([asked.json.waiting?.act, asked.json.operator.ended_at], ['operator.end', null])
  assert((await aoi.ask<'endOperator'>(path, { body: {} })).json.waiting, 'still one person')
  const [act] = await waitingActs(ren)
  const yes = `/v1/operator/acts/${act?.id}/approve`
  const body = { digest: act?.digest }
  assert.equal((await aoi.ask(yes, { body })).code, 'act_own')
  const issuer = await enter(house, 'issuer')
  assert.equal((await issuer.ask(yes, { body })).code, 'role_missing')
  assert.equal((await askConsole(house, '/v1/operator', bearer)).status, 200, 'not yet')
  assert.equal((await ren.ask(yes, { body })).status, 200)
  assert.equal((await askConsole(house, '/v1/operator', bearer)).code, 'operator_unknown')
  assert.equal((await aoi.ask(path, { body: {} })).code, 'not_found', 'ended already')
})

test('an auditor’s link shows one payment without signing in, until it ends', async () => {
  const id = await pay(1100)
  const path = `/v1/operator/payments/${id}/xray_link`
  const asked = await aoi.ask<'makeXrayLink'>(path, { body: { hours: 1 } })
  assert.deepEqual([asked.json.link, asked.json.waiting?.act], [null, 'xray.link'])
  const [act] = await waitingActs(ren)
  const yes = { body: { digest: act?.digest } }
  const agreed = await ren.ask<'approveAct'>(`/v1/operator/acts/${act?.id}/approve`, yes)
  const { link } = agreed.json
  assert(link)
  const read = (text: string) => askConsole<'readXray'>(house, '/v1/xray', { body: { link: text } })
  const seen = await read(link)
  assert.equal(seen.status, 200, seen.text)
  assert.equal(seen.json.payment.id, id)
  assert.deepEqual(
    seen.json.timeline.map(({ name }) => name),
    ['createPayment', 'claimPayment', 'presentCard'],
  )
  const [, until = '', mac = ''] = link.split('.')
  const other = await pay(1101)
  const longer = `${id}.${Number(until) + 3_600_000}.${mac}`
  for (const forged of [longer, `${other}.${until}.${mac}`, `${id}.1000000000000.${mac}`])
    assert.equal((await read(forged)).code, 'link_unknown')
})

test('charts count what happened: volume, approvals, declines, latency', async () => {
  const { ask } = await enter(house, 'auditor')
  const read = () => ask<'readMetrics'>('/v1/operator/metrics?by=hour&last=2')
  const before = await read()
  await pay(700)
  await assert.rejects(pay(1_000_000))
  // Latency is flushed by the clock's turn.
  let now = await read()
  for (let tries = 0; tries < 600 && now.json.totals.latency === null; tries += 1)
    now = await read()
  const { totals, buckets } = now.json
  assert.equal(totals.approved, before.json.totals.approved + 1)
  assert.equal(totals.declined, before.json.totals.declined + 1)
  assert(totals.declines.some(({ reason, count }) => reason === 'limit_exceeded' && count > 0))
  const sumOf = ({ totals: { volumes } }: Reply<'readMetrics'>) => volumes[0]?.amount ?? 0
  assert.equal(sumOf(now.json), sumOf(before.json) + 700)
  assert.equal(totals.approval_rate, totals.approved / (totals.approved + totals.declined))
  assert.equal(buckets.length, 2)
  assert(totals.latency && totals.latency.p50 <= totals.latency.p99)
  const tag = now.headers.get('etag') ?? ''
  const known = await ask('/v1/operator/metrics?by=hour&last=2', {
    headers: { 'if-none-match': tag },
  })
  assert([200, 304].includes(known.status))
  const shop = await enter(house, 'merchant_viewer')
  const own = await shop.ask<'getMetrics'>('/v1/metrics?by=hour&last=2')
  assert.equal(own.json.totals.approved, totals.approved)
  assert.equal(own.json.totals.latency, null)
})

test('filters are kept for whoever kept them', async () => {
  const kept = { list: 'payments', name: 'Big ones', query: 'amount=5000' }
  const first = await aoi.ask<'saveFilter'>('/v1/console/filters', { body: kept })
  const second = { ...kept, query: 'amount=6000' }
  const again = await aoi.ask<'saveFilter'>('/v1/console/filters', { body: second })
  assert.equal(again.json.id, first.json.id)
  const mine = await aoi.ask<'listSavedFilters'>('/v1/console/filters?list=payments')
  assert.deepEqual(
    mine.json.data.map(({ query }) => query),
    ['amount=6000'],
  )
  assert.deepEqual((await ren.ask<'listSavedFilters'>('/v1/console/filters')).json.data, [])
  const gone = `/v1/console/filters/${first.json.id}/delete`
  assert.equal((await ren.ask(gone, { body: {} })).code, 'not_found')
  assert.equal((await aoi.ask(gone, { body: {} })).status, 200)
})

test('a merchant that two people closed takes nothing more, nobody of it comes in', async () => {
  const shop = await enter(house, 'merchant_admin')
  const close = `/v1/operator/merchants/${house.seed.merchant}/close`
  assert.equal((await aoi.ask<'closeMerchant'>(close, { body: {} })).json.merchant.closed_at, null)
  assert.equal((await shop.ask('/v1/payments')).status, 200)
  const done = await ren.ask<'closeMerchant'>(close, { body: {} })
  assert.equal(done.json.waiting, null)
  assert.notEqual(done.json.merchant.closed_at, null)
  assert.equal((await shop.ask('/v1/payments')).code, 'console_session_invalid')
  // A key that was just used may let in for up to a second more (docs/api-keys.md).
  const refused = async () =>
    await people.ask().then(
      () => false,
      (fault: unknown) => /key/i.test(String(fault)),
    )
  let isRefused = await refused()
  for (let patience = 300; !isRefused && patience > 0; patience -= 1) {
    await sleep(100)
    isRefused = await refused()
  }
  assert(isRefused, 'its key lets nobody in')
})

/** As an attacker who has the whole database. */
async function superuser({ adminUrl }: House['serverDatabase'], text: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} })
  await sql.unsafe(text)
  await sql.end()
}

test('both chains hold; what was altered or cut off is found', async () => {
  const { ask } = await enter(house, 'auditor')
  const verify = (query = '') => ask<'verifyAudit'>(`/v1/operator/audit/verification${query}`)
  const sound = await verify()
  assert.equal(sound.status, 200, sound.text)
  const { acts, vault } = sound.json
  assert.deepEqual([acts.ok, vault.ok, vault.signed, vault.from], [true, true, true, 0])
  assert(acts.size > 20 && vault.size > 5)
  assert.equal((await verify()).json.vault.from, vault.size, 'goes on from where it was')

  const records = await ask<'listActRecords'>('/v1/operator/audit/acts?what=approveAct')
  const [newest] = records.json.data
  assert.deepEqual([newest?.outcome, newest?.name], ['done', 'Ren (sandbox)'])
  assert(records.json.data.some(({ outcome }) => outcome === 'act_own'))
  const first = await ask<'listVaultRecords'>('/v1/operator/audit/vault?limit=2')
  assert.deepEqual(
    first.json.data.map(({ seq }) => vault.size - seq),
    [0, 1],
  )
  assert(!first.text.includes('chl_') && !first.text.includes('crd_'))

  const witness = `?acts=${acts.size}:${acts.head}`
  assert.equal((await verify(witness)).json.acts.ok, true)
  await superuser(house.serverDatabase, `delete from people.act_log where seq >= ${acts.size}`)
  const cut = (await verify(witness)).json.acts
  assert.deepEqual([cut.ok, cut.fault], [false, 'witness_missing'])
  await superuser(
    house.serverDatabase,
    `alter table people.act_log drop constraint leaf_of_record;
    update people.act_log set record = replace(record, '"outcome":"act_own"', '"outcome":"done"')
     where record like '%act_own%'`,
  )
  assert.equal((await verify()).json.acts.fault, 'head_broken')
  const { size } = (await verify()).json.vault
  await superuser(house.vaultDatabase, `delete from audit.record where seq > ${size - 3}`)
  const lost = (await verify()).json.vault
  assert.deepEqual([lost.ok, lost.fault], [false, 'witness_missing'])
})
