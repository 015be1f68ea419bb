// Goal: `warifu device sim-card` makes a SIM, looks at it without spending anything, talks to it in
// this process and through PC/SC, and says what it does not understand.
// Method: the command's function; where there is a virtual reader, programs: one puts the card in,
// another reads it.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { runSimCard } from '@warifu/cli/sim-card-acts'
import { readerNeeds } from '@warifu/cli/virtual-reader'
import { testWith } from './needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'warifu-sim-card-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'sim')
const iccid = '8982119900000000018'

/** The command in this process, and what it prints. */
async function simCard(t: TestContext, ...words: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  t.mock.method(console, 'log', (line: string) => void out.push(line))
  t.mock.method(console, 'error', (line: string) => void err.push(line))
  const status = await runSimCard(words)
  t.mock.restoreAll()
  return { status, out: out.join('\n'), err: err.join('\n') }
}

test('a SIM is made once, looked at and talked to', async (t) => {
  const made = await simCard(t, 'make', '--file', file, '--iccid', iccid, '--json')
  assert.equal(made.status, 0, made.err)
  const secrets = JSON.parse(readFileSync(`${file}.secrets`, 'utf8'))
  assert.match(secrets.pin, /^[0-9]{4}$/)
  assert.ok(!made.out.includes(secrets.enc) && !made.out.includes(secrets.puk))
  await assert.rejects(simCard(t, 'make', '--file', file, '--iccid', iccid), /There is a SIM/)
  t.mock.restoreAll()
  const look = JSON.parse((await simCard(t, 'show', '--file', file, '--json')).out)
  assert.deepEqual(
    [look.reader, look.iccid, look.pin_tries, look.puk_tries],
    ['in process', iccid, 3, 10],
  )
  assert.deepEqual(look.files[2], {
    id: '6f12',
    sfi: 3,
    structure: 'record',
    size: 36,
    record_length: 9,
    life_cycle: 'new',
    updated_often: true,
  })
  const wrong = '002000010831313131ffffffff'
  const said = await simCard(t, 'send', wrong, '0020000100', '--file', file)
  assert.equal(said.out.match(/^< .*63c2$/gm)?.length, 2, said.out)
})

test('what was typed is told apart, exit code 2', async (t) => {
  // biome-ignore format: a table
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['open'],                                  /an act is one of readers, show, .*; got "open"/],
    [['show', 'now'],                           /show does not take "now"/],
    [['send', '--file', file],                  /send expects commands in hex/],
    [['send', '00a4', '--file', file],          /"00a4" is no command in hex/],
    [['make', '--iccid', iccid],                /--file says where/],
    [['make', '--file', file, '--iccid', '1'],  /--iccid is 18 to 20 digits/],
    [['show', '--file', file, '--reader', 'x'], /--reader or --file, not both/],
  ]
  for (const [words, sentence] of cases) {
    const { status, err } = await simCard(t, ...words)
    assert.match(err, sentence)
    assert.equal(status, 2, words.join(' '))
  }
})

const binding = 'node_modules/smartcard/build/Release/smartcard_napi.node'
testWith([...readerNeeds, binding], 'one program puts it in, another reads it', async () => {
  const main = join(import.meta.dirname, '..', 'cli', 'main.ts')
  const args = [main, 'device', 'sim-card', 'run', '--file', file, '--own', '--json']
  const card = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(card.stdout, 'data')) as [Buffer]
  const { event, PCSCLITE_CSOCK_NAME } = JSON.parse(line.toString())
  assert.equal(event, 'ready')
  const show = [main, 'device', 'sim-card', 'show', '--reader', '00 00', '--json']
  const env = { ...process.env, PCSCLITE_CSOCK_NAME }
  const look = spawnSync(process.execPath, show, { env, encoding: 'utf8' })
  assert.equal(look.status, 0, look.stderr)
  assert.equal(JSON.parse(look.stdout).iccid, iccid)
  assert.match(JSON.parse(look.stdout).reader, /virtual reader 00 00/)
  card.kill('SIGINT')
  await once(card, 'exit')
  const gone = spawnSync(process.execPath, show, { env, encoding: 'utf8' })
  assert.match(gone.stderr, /No PC\/SC service answers/)
})
