// Goal: a process of several that ends is there again; one that cannot stay is given up; what is
//   stopped stays so.
// Method: real processes of one line each, ended by their pids.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Program, saidReady, startChild, untilReady } from './child.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import { startKept } from './kept.ts'

let folder = ''
let keeper: Keeper
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-kept-'))
  keeper = createKeeper()
})
after(async () => {
  keeper.close()
  await rm(folder, { recursive: true })
})

const program = (script: string): Program => ({
  name: 'The sleeper',
  command: '/bin/sh',
  args: ['-c', script],
  env: {},
})
const starter = (script: string) => async () => {
  const child = await startChild(program(script), join(folder, 'sleeper.log'), keeper)
  await untilReady(child, saidReady(child))
  return child
}
const READY = `echo '{"event":"ready"}'`
/** Ready, and ended once that was seen. */
const startEnding = async () => {
  const child = await starter(`${READY}; exec sleep 60`)()
  child.kill('SIGKILL')
  return child
}
const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('killed, it is started again; stopped, it is not', async () => {
  const again = Promise.withResolvers<string>()
  const say = (words: string) => again.resolve(words)
  const kept = await startKept(starter(`${READY}; exec sleep 60`), { pauseMs: 0, say })
  const first = kept.child().pid
  process.kill(first, 'SIGKILL')
  assert.equal(await again.promise, 'The sleeper was ended by SIGKILL; it is started again')
  while (kept.child().pid === first) await new Promise((resolve) => setTimeout(resolve, 10))
  const second = kept.child().pid
  assert(isThere(second) && !isThere(first))
  await kept.stop()
  assert(!isThere(second))
  assert.equal(kept.child().pid, second)
})

test('what ends again and again is given up, with a sentence', async () => {
  const said: string[] = []
  const say = (words: string) => void said.push(words)
  const kept = await startKept(startEnding, { pauseMs: 0, say })
  assert.match(await kept.lost, /^The sleeper was ended by SIGKILL, for the 6th time/)
  assert.equal(said.length, 5)
  await kept.stop()
})

test('one that does not start again is given up at once', async () => {
  let starts = 0
  const start = async () => {
    starts += 1
    return await (starts === 1 ? startEnding : starter('echo no more; exit 1'))()
  }
  const kept = await startKept(start, { pauseMs: 0, say: () => {} })
  assert.match(await kept.lost, /^The sleeper ended with exit code 1: no more/)
  await kept.stop()
})
