// Goal: a number that a live process holds is found in its memory; one it does not hold is not.
// Method: a child gets the number masked (each digit plus three), so that only what it is told to
// make of it, a Buffer or a string, holds the digits; also in a user namespace, as PostgreSQL runs.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { familyOf, readMemory, regionsOf, scanMemory } from './process-memory.ts'

const number = '4929123456781238'
const other = '5454980012347771'
const shift = (digits: string, by: number) =>
  [...digits].map((digit) => (Number(digit) + by) % 10).join('')

const holder = `
process.stdin.once('end', () => process.exit())
process.stdin.once('data', (masked) => {
  const codes = [...masked].map((code) => 48 + (code - 48 + 7) % 10)
  const makes = {
    buffer: () => Buffer.from(codes),
    string: () => String.fromCharCode(...codes),
    bcd: () => Buffer.from(String.fromCharCode(...codes), 'hex'),
    nothing: () => masked,
  }
  globalThis.held = makes[process.argv[1]]()
  if (process.argv[1] !== 'string') codes.fill(0)
  process.stdout.write('ready')
})
process.stdin.once('end', () => process.exit())`

const children: ChildProcess[] = []
after(() => {
  // A killed shell would leave its child behind: the whole family goes, the youngest first.
  for (const { pid } of children)
    if (pid !== undefined) for (const member of familyOf(pid).reverse()) end(member)
})

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

async function hold(form: string, wrap: readonly string[] = []): Promise<number> {
  const [command = '', ...args] = [...wrap, process.execPath, '-e', holder, form]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  child.stdin.write(shift(number, 3))
  await once(child.stdout, 'data')
  assert(child.pid)
  return child.pid
}

const found = (pid: number, digits: string) =>
  new Set(
    familyOf(pid).flatMap((member) => scanMemory(member, [digits]).map((one) => one.encoding)),
  )

describe('the memory of a live process', { skip: process.platform !== 'linux' }, () => {
  test('shows a number in a Buffer', async () => {
    const pid = await hold('buffer')
    assert(found(pid, number).has('ascii'))
    assert.equal(found(pid, other).size, 0)
  })

  test('shows a number in a string', async () => {
    assert(found(await hold('string'), number).has('ascii'))
  })

  test('shows a number packed into BCD', async () => {
    assert(found(await hold('bcd'), number).has('bcd'))
  })

  test('shows nothing of a number that the process never had', async () => {
    const pid = await hold('nothing')
    assert.equal(found(pid, number).size, 0)
    assert(found(pid, shift(number, 3)).has('ascii'), 'what it did have is there')
  })

  test('can be read in a user namespace too, children included', async (t) => {
    const wrap = ['unshare', '--user', '--map-user=65534', '--map-group=65534', 'sh', '-c']
    if (spawnSync(wrap[0] ?? '', [...wrap.slice(1), 'true']).status !== 0)
      return t.diagnostic('left to CI: this machine allows no user namespaces')
    const pid = await hold('buffer', [...wrap, '"$0" "$@"; exit'])
    assert(familyOf(pid).length > 1, 'the shell and its child')
    assert(found(pid, number).has('ascii'))
  })

  test('is read whole, region by region, in order', async () => {
    const pid = await hold('nothing')
    let bytes = 0
    let last = 0
    readMemory(pid, (chunk, address, region) => {
      assert(address >= last && address >= region.start && address + chunk.length <= region.end)
      last = address + chunk.length
      bytes += chunk.length
    })
    const names = regionsOf(pid).map(({ name }) => name)
    assert(names.includes('[heap]') && names.includes('[stack]') && !names.includes('[vvar]'))
    assert(bytes > 5 * 1024 * 1024, `${bytes} bytes`)
  })

  test('of a process that has ended is a fault, never a silent no', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    assert.throws(() => scanMemory(child.pid ?? 0, [number]), /ENOENT|has ended/)
    assert.throws(() => scanMemory(process.pid, [number]), RangeError)
  })
})
