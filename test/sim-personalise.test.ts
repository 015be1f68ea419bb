// Goal: the vault writes a SIM through a channel that nobody between can read or bend, and a cut at
// any command leaves nothing that a second beginning does not mend.
// Method: the vault's own operations against the SIM's state machine, every byte between looked at.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { simLayout } from '@warifu/crypto/sim-layout'
import type { SimCard } from '@warifu/devices/sim-card'
import { makeSimCard, reset, simCard } from '@warifu/devices/sim-card'
import type { Id } from '@warifu/protocol/ids'
import { admitSim } from '@warifu/vault/admit-sim'
import { openStoredCard, readStoredCards } from '@warifu/vault/cards'
import { personaliseCard } from '@warifu/vault/operator-acts'
import { ask, type Rehearsal, rehearse, wordOf } from '@warifu/vault/rehearsal'
import { carryCard, must } from '@warifu/vault/rehearsal-person'
import { createScene, type Scene } from '@warifu/vault/rehearsal-scene'

const PIN = '2580'
const COMPANY = 1
const BANK = 129
let vault: Rehearsal
let scene: Scene
let pans: string[]
let cards: { card: Id<'crd'>; selector: number }[]
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'sim-personalise' })
  scene = await createScene(vault)
  const second = (await carryCard(scene.victim)).card
  cards = [
    { card: scene.victims.card, selector: COMPANY },
    { card: second, selector: BANK },
  ]
  await personaliseCard(scene.world, { card: scene.victims.card, pin: '4711' })
  const rows = await readStoredCards(vault.store, [scene.victims.card, second])
  const { hierarchy } = scene.world
  pans = cards.map(({ card }) => {
    const row = rows.get(card)
    assert.ok(row)
    return openStoredCard({ hierarchy, row }).pan
  })
})
after(() => vault.close())

let made = 0
async function admitted() {
  const id = vault.newId('sim')
  made += 1
  const iccid = `898211990000000${String(1000 + made)}`
  const { scp03 } = await admitSim(scene.world, { sim: id, iccid, card: scene.victims.card })
  const key = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
  const maker = { enc: key(scp03.enc), mac: key(scp03.mac), dek: key(scp03.dek) }
  const chip = makeSimCard({ iccid, pin: PIN, puk: '12345678', maker, layout: simLayout })
  return { id, chip }
}

type Line = { chip: SimCard; readonly seen: Uint8Array[] }

/** As a reader does with a card that speaks T=0: what waits is fetched. */
function transmit(line: Line, apdu: Uint8Array): Uint8Array {
  const step = simCard(line.chip, apdu)
  line.chip = step.state
  line.seen.push(apdu, step.reply)
  const [high, low = 0] = step.reply.subarray(-2)
  return high === 0x61 ? transmit(line, hex(0x00, 0xc0, 0x00, 0x00, low)) : step.reply
}

/** As the maker's tool does: relays until nothing is left, or is cut after so many commands. */
async function personalise(line: Line, sim: Id<'sim'>, cutAfter = Number.POSITIVE_INFINITY) {
  const session = vault.newId('req')
  const answers: string[] = []
  for (;;) {
    const input = { sim, session, cards, answers }
    const answer = await must(vault.dispatch, 'personalise_sim', input)
    if (answer.done) return true
    for (const command of answer.commands) {
      if (answers.length >= cutAfter) return false
      answers.push(toBase64url(transmit(line, fromBase64url(command))))
    }
  }
}

const hex = (...bytes: number[]) => Uint8Array.from(bytes)
const say = (line: Line, ...bytes: number[]) => {
  const reply = Buffer.from(transmit(line, hex(...bytes))).toString('hex')
  return { data: reply.slice(0, -4), word: reply.slice(-4) }
}
const selectApplication = (line: Line) =>
  say(line, 0x00, 0xa4, 0x04, 0x0c, 0x08, 0xf0, 0x57, 0x41, 0x52, 0x49, 0x46, 0x55, 0x02)
const record = (line: Line, sfi: number, number: number) =>
  say(line, 0x00, 0xb2, number, (sfi << 3) | 0x04, 0x00)

/** The chip as its user meets it. */
function holds(chip: SimCard): Line {
  const line = { chip: reset(chip), seen: [] }
  selectApplication(line)
  assert.equal(record(line, 3, 1).word, '6982', 'nothing without the PIN')
  const pin = [...Buffer.from(PIN), 0xff, 0xff, 0xff, 0xff]
  assert.equal(say(line, 0x00, 0x20, 0x00, 0x01, 0x08, ...pin).word, '9000')
  assert.deepEqual(
    [1, 2, 3].map((number) => record(line, 3, number).data),
    [`${pans[0]}01`, `${pans[1]}81`, 'ff'.repeat(9)],
  )
  assert.deepEqual(
    [1, 2].map((number) => record(line, 4, number).data),
    ['4701', 'ffff'],
    'PIN digits, where there is a PIN',
  )
  assert.match(record(line, 6, 1).data, /^04[0-9a-f]{128}01$/)
  assert.match(record(line, 6, 2).data, /^04[0-9a-f]{128}81$/)
  return line
}

test('numbers, PIN digits and companies’ keys stand in the SIM; nobody saw them', async () => {
  const { id, chip } = await admitted()
  const line: Line = { chip, seen: [] }
  assert.ok(await personalise(line, id))
  const between = Buffer.concat(line.seen).toString('hex')
  for (const pan of pans) assert.ok(!between.includes(pan))
  assert.ok(line.seen.length > 20, 'something was said')
  const user = holds(line.chip)
  const digest = Array.from({ length: 32 }, (_, i) => i)
  const told = say(user, 0x00, 0x88, 0x00, 0x81, 0x20, ...digest, 0x00)
  assert.match(`${told.data} ${told.word}`, /^00000001[0-9a-f]{32} 9000$/)
  assert.equal(say(user, 0x00, 0x04, 0x00, 0x00, 0x02, 0x6f, 0x01).word, '6982', 'maker only')
})

test('cut after any command, it begins again and ends the same', async () => {
  const { id, chip } = await admitted()
  const whole: Line = { chip, seen: [] }
  await personalise(whole, id)
  const isFetching = (_: Uint8Array, i: number, all: readonly Uint8Array[]) =>
    i % 2 === 0 && all[i]?.[1] !== 0xc0
  const commands = whole.seen.filter(isFetching).length
  for (let cut = 0; cut <= commands; cut += 3) {
    const other = await admitted()
    const line: Line = { chip: other.chip, seen: [] }
    await personalise(line, other.id, cut)
    line.chip = reset(line.chip)
    assert.ok(await personalise(line, other.id), `cut after ${cut}`)
    holds(line.chip)
  }
  const last = await admitted()
  const line: Line = { chip: last.chip, seen: [] }
  await personalise(line, last.id, commands - 1)
  line.chip = reset(line.chip)
  assert.ok(await personalise(line, last.id), 'cut before the file is put in use')
  holds(line.chip)
})

test('every answer is the SIM’s own: one changed bit, or a relay’s own 9000, ends it', async () => {
  const { id, chip } = await admitted()
  const line: Line = { chip, seen: [] }
  const session = vault.newId('req')
  const answers: string[] = []
  const ask_ = () => ask(vault.dispatch, 'personalise_sim', { sim: id, session, cards, answers })
  for (let round = 0; round < 3; round += 1) {
    const answer = await must(vault.dispatch, 'personalise_sim', {
      sim: id,
      session,
      cards,
      answers,
    })
    for (const command of answer.commands)
      answers.push(toBase64url(transmit(line, fromBase64url(command))))
  }
  const honest = answers.at(-1) ?? ''
  answers[answers.length - 1] = toBase64url(hex(0x90, 0x00))
  assert.equal(wordOf(await ask_()), 'sim_channel_broken')
  const bent = fromBase64url(honest)
  bent[0] = (bent[0] ?? 0) ^ 1
  answers[answers.length - 1] = toBase64url(bent)
  assert.equal(wordOf(await ask_()), 'sim_channel_broken')
  answers[answers.length - 1] = honest
  assert.equal(wordOf(await ask_()), 'ok')
})

test('another chip under the admitted one’s name does not open', async () => {
  const [one, other] = [await admitted(), await admitted()]
  const line: Line = { chip: other.chip, seen: [] }
  await assert.rejects(personalise(line, one.id), /sim_channel_broken/)
})
