// Goal: a PIN reaches the vault and nobody else; a weak one is refused and told why; every way to
// try it shares one counter of three; a whole PIN alone refills it; a step-up unblocks it.
// Method: a vault on real PostgreSQL; sealed PINs as a terminal makes them, honest and bent; the
// rows, the audit and the log are searched for the digits afterwards.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { weaknessOf } from '@warifu/protocol/pins'
import { personaliseCard } from './operator-acts.ts'
import { pinCodeOf } from './pin-setting.ts'
import { checkPrefix, verifyPin } from './pins.ts'
import { ask, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { admit, send } from './rehearsal-device.ts'
import { type Carried, carryCard, enrol, must, type Person, sha256 } from './rehearsal-person.ts'
import { choosePin, sealPin, settingOf, unblockingOf } from './rehearsal-pins.ts'

let vault: Rehearsal
let person: Person
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'pins' })
  person = await enrol(vault)
})
after(() => vault.close())

let tries = 0
const digest = () => sha256(`try ${++tries}`)
const whole = (card: string, pan: string, pin: string, one = digest()) =>
  vault.store.begin((sql) => verifyPin(vault.world, sql, { card, pan, pin, digest: one }))
const prefix = (card: string, digits: string, one = digest()) =>
  vault.store.begin((sql) => checkPrefix(vault.world, sql, { card, prefix: digits, digest: one }))
const say = async (input: Awaited<ReturnType<typeof choosePin>>) =>
  wordOf(await ask(vault.dispatch, 'set_pin', input))

async function withPin(pin: string): Promise<Carried & { readonly pan: string }> {
  const carried = await carryCard(person)
  const { pan } = await personaliseCard(vault.world, { card: carried.card })
  await must(vault.dispatch, 'set_pin', await choosePin(person, carried.card, pin))
  return { ...carried, pan }
}

test('weak PINs are told apart; ordinary ones are let be', () => {
  const told = {
    '0000': 'pin_repeats',
    '1212': 'pin_repeats',
    '123123': 'pin_repeats',
    '1234': 'pin_sequence',
    '890123': 'pin_sequence',
    '9876': 'pin_sequence',
    '1987': 'pin_year',
    '4827': undefined,
    '112358': undefined,
  }
  for (const [pin, weakness] of Object.entries(told)) assert.equal(weaknessOf(pin), weakness, pin)
  assert.equal(weaknessOf('3000', '9991230000000005'), 'pin_in_number')
})

test('what is set verifies; a weak, old or unchanged one is refused by its own word', async () => {
  const { card, pan } = await withPin('4827')
  assert.equal(await whole(card, pan, '4827'), 'verified')
  assert.equal(await whole(card, pan, '4828'), 'wrong')
  for (const [pin, word] of [
    ['1212', 'pin_repeats'],
    ['4567', 'pin_sequence'],
    ['2001', 'pin_year'],
    [pan.slice(8, 13), 'pin_in_number'],
    ['4827', 'pin_unchanged'],
    ['7350', 'ok'],
  ] as const)
    assert.equal(await say(await choosePin(person, card, pin)), word, word)
  assert.equal(await whole(card, pan, '4827'), 'wrong')
  assert.equal(await whole(card, pan, '7350'), 'verified')
})

test('sealed to another key or card, or too long ago: refused, the old PIN stands', async () => {
  const { card, pan } = await withPin('4827')
  const theirs = jwkOfPoint(vault.chance.keyPair().publicBytes)
  const inside = (await carryCard(person)).card
  const bent = [
    [{ card, pin: '7350', key: theirs }, 'pin_sealed_wrong'],
    [{ card, pin: '7350', inside }, 'pin_sealed_wrong'],
    [{ card, pin: '7350', exp: '2027-01-05T00:00:00.000Z' }, 'pin_expired'],
  ] as const
  for (const [own, word] of bent)
    assert.equal(await say(settingOf(person, { card, sealed: await sealPin(person, own) })), word)
  assert.equal(await whole(card, pan, '4827'), 'verified')
})

test('a sealed PIN signed anew is a replay; the same request is the same answer', async () => {
  const { card, pan } = await withPin('4827')
  const sealed = await sealPin(person, { card, pin: '7350' })
  const first = settingOf(person, { card, sealed })
  assert.equal(await say(first), 'ok')
  assert.equal(await say(await choosePin(person, card, '9402')), 'ok')
  assert.equal(await say(first), 'ok', 'the kept answer')
  assert.equal(await say(settingOf(person, { card, sealed })), 'pin_replayed')
  assert.equal(await whole(card, pan, '9402'), 'verified', 'and neither set the old one again')
})

test('one counter for all: entry device, prefix and reader together block at three', async () => {
  const { card, pan } = await withPin('4827')
  const { expiry, security_code: code } = await personaliseCard(vault.world, { card })
  const device = await admit(vault.world, vault)
  const message = send(device, { pan, expiry, code, pin: '4820' })
  const entry = await must(vault.dispatch, 'open_entry', { message })
  assert.equal(entry.pin, 'wrong')
  assert.equal(await prefix(card, '99'), 'wrong')
  assert.deepEqual(await must(vault.dispatch, 'pin_state', { card }), {
    card,
    status: 'set',
    tries_left: 1,
  })
  assert.equal(await whole(card, pan, '0482'), 'blocked')
  assert.equal(await whole(card, pan, '4827'), 'blocked', 'the right one comes too late')
  assert.equal(await prefix(card, '48'), 'blocked')
  const late = send(device, { pan, expiry, code, pin: '4827' })
  assert.equal((await must(vault.dispatch, 'open_entry', { message: late })).pin, 'blocked')
  assert.equal(await say(await choosePin(person, card, '7350')), 'pin_blocked')
})

test('two right digits give no tries back; a whole PIN does', async () => {
  const { card, pan } = await withPin('4827')
  for (const digits of ['11', '22']) assert.equal(await prefix(card, digits), 'wrong')
  assert.equal(await prefix(card, '48'), 'verified')
  const left = async () => (await must(vault.dispatch, 'pin_state', { card })).tries_left
  assert.equal(await left(), 1)
  assert.equal(await whole(card, pan, '4827'), 'verified')
  assert.equal(await left(), 3)
})

test('a try is counted once per message, also when many come at once', async () => {
  const { card, pan } = await withPin('4827')
  const one = digest()
  const together = await Promise.all(Array.from({ length: 6 }, () => whole(card, pan, '1111', one)))
  assert.deepEqual(new Set(together), new Set(['wrong']))
  // Whichever of them comes first has the second try, the next the last one, which blocks.
  const guesses = await Promise.all(
    ['2222', '3333', '4444', '5555'].map((pin) => whole(card, pan, pin)),
  )
  assert.deepEqual(guesses.sort(), ['blocked', 'blocked', 'blocked', 'wrong'])
  assert.equal(await whole(card, pan, '4827'), 'blocked')
  assert.equal((await must(vault.dispatch, 'pin_state', { card })).status, 'blocked')
})

test('a card without a PIN verifies nothing and blocks nothing', async () => {
  const { card } = await carryCard(person)
  const { pan } = await personaliseCard(vault.world, { card })
  assert.equal(await whole(card, pan, '0000'), 'unset')
  assert.equal(await prefix(card, '00'), 'unset')
})

test('a step-up unblocks the PIN as it was, once; its code is good for nothing else', async () => {
  const { card, pan } = await withPin('4827')
  for (const pin of ['1', '2', '3']) await whole(card, pan, pin.repeat(4))
  const verification = vault.newId('ver')
  const expires_at = '2027-01-05T00:10:00.000Z'
  await must(vault.dispatch, 'make_pin_code', { verification, card, tries: 3, expires_at })
  const code = pinCodeOf(vault.world, verification)
  const input = unblockingOf(person, { card, verification, code })
  const open = await must(vault.dispatch, 'unblock_pin', input)
  assert.deepEqual(open, { card, status: 'set', tries_left: 3 })
  assert.equal(await whole(card, pan, '4827'), 'verified')
  for (const pin of ['1', '2', '3']) await whole(card, pan, pin.repeat(4))
  const again = unblockingOf(person, { card, verification, code })
  assert.equal(wordOf(await ask(vault.dispatch, 'unblock_pin', again)), 'code_exhausted')
})

test('no row, no audit record and no log line has the digits', async () => {
  const pin = '860273195042'
  const { card, pan } = await withPin(pin)
  await whole(card, pan, pin)
  await say(await choosePin(person, card, pan.slice(0, 12)))
  const tables = await vault.superuser<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('pins', 'calls', 'audit', 'codes', 'keys', 'cards', 'terminals')`
  for (const { name } of tables) {
    const rows = await vault.superuser.unsafe(`select t::text as line from ${name} t`)
    const text = rows.map(({ line }) => line).join('\n')
    const hex = Buffer.from(pin).toString('hex')
    assert(!text.includes(pin) && !text.includes(hex), `${name} has the PIN`)
  }
  assert(!JSON.stringify(vault.logged).includes(pin))
})
