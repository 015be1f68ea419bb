// Goal: `warifu device sim-card` makes a SIM, looks at it without spending anything, talks to it in
// this process and through PC/SC, and says what it does not understand.
// Method: the command as a program; where there is a virtual reader, one program puts the card in
// and another reads it.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readerNeeds } from '@warifu/cli/virtual-reader'
import { testWith } from './needs.ts'

const main = join(import.meta.dirname, '..', 'cli', 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'warifu-sim-card-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'sim')
const iccid = '8982119900000000018'

function simCard(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const args = [main, 'device', 'sim-card', ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a SIM is made once, looked at and talked to', () => {
  const made = simCard(['make', '--file', file, '--iccid', iccid, '--json'])
  assert.equal(made.status, 0, made.stderr)
  const secrets = JSON.parse(readFileSync(`${file}.secrets`, 'utf8'))
  assert.match(secrets.pin, /^[0-9]{4}$/)
  assert.ok(!made.stdout.includes(secrets.enc) && !made.stdout.includes(secrets.puk))
  const again = simCard(['make', '--file', file, '--iccid', iccid])
  assert.match(again.stderr, /There is a SIM in this file/)
  assert.equal(again.status, 1)
  const look = JSON.parse(simCard(['show', '--file', file, '--json']).stdout)
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
  const said = simCard(['send', '002000010831313131ffffffff', '0020000100', '--file', file])
  assert.equal(said.stdout.match(/^< .*63c2$/gm)?.length, 2, said.stdout)
})

test('what was typed is told apart, exit code 2', () => {
  // biome-ignore format: a table
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['open'],                               /an act is one of readers, show, .*; got "open"/],
    [['send', '00a4', '--file', file],       /"00a4" is no command in hex/],
    [['make', '--iccid', iccid],             /--file says where/],
  ]
  for (const [words, sentence] of cases) {
    const { status, stderr } = simCard(words)
    assert.match(stderr, sentence)
    assert.equal(status, 2, words.join(' '))
  }
})

const binding = 'node_modules/smartcard/build/Release/smartcard_napi.node'
testWith([...readerNeeds, binding], 'one program puts it in, another reads it', async () => {
  const args = [main, 'device', 'sim-card', 'run', '--file', file, '--own', '--json']
  const card = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(card.stdout, 'data')) as [Buffer]
  const { event, PCSCLITE_CSOCK_NAME } = JSON.parse(line.toString())
  assert.equal(event, 'ready')
  const look = simCard(['show', '--reader', '00 00', '--json'], { PCSCLITE_CSOCK_NAME })
  assert.equal(look.status, 0, look.stderr)
  assert.equal(JSON.parse(look.stdout).iccid, iccid)
  assert.match(JSON.parse(look.stdout).reader, /virtual reader 00 00/)
  card.kill('SIGINT')
  await once(card, 'exit')
  const gone = simCard(['readers'], { PCSCLITE_CSOCK_NAME })
  assert.match(gone.stderr, /No PC\/SC service answers/)
  assert.equal(gone.status, 1)
})
