// Goal: a known number is found wherever it lies and in whatever form; nothing else is.
// Method: each form is written by code of its own (not the scanner's needles) into random bytes at
// random places; random bytes alone give nothing; files larger than a chunk, and sparse ones.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { createScanner, findNumbers, scanFile, scanFolder } from './scan.ts'

const number = '4929123456781238'
const others = ['5454980012347771', '4929123456781246', '371449635398431', '6011000990139424']

const fromHex = (text: string) => Buffer.from(text, 'hex')
const swapped = (hex: string) => hex.replace(/(.)(.)/g, '$2$1')
const even = (hex: string) => (hex.length % 2 === 0 ? hex : `${hex}f`)

/** A number in each form, written plainly, and where in it the finding must point. */
const forms: Record<string, (digits: string) => { bytes: Buffer; at?: number }> = {
  ascii: (d) => ({ bytes: Buffer.from(d) }),
  'utf16-le': (d) => ({ bytes: Buffer.from(d, 'utf16le') }),
  'utf16-be': (d) => ({ bytes: Buffer.from(d, 'utf16le').swap16() }),
  hex: (d) => ({ bytes: Buffer.from(Buffer.from(d).toString('hex').toUpperCase()) }),
  bcd: (d) => ({ bytes: fromHex(even(d)) }),
  'bcd-odd': (d) => ({ bytes: fromHex(even(`7${d}`)) }),
  'bcd-swapped': (d) => ({ bytes: fromHex(swapped(even(d))) }),
  'bcd-swapped-odd': (d) => ({ bytes: fromHex(swapped(even(`7${d}`))) }),
  'bcd-swapped-hex': (d) => ({ bytes: Buffer.from(swapped(even(d))) }),
  'bcd-swapped-odd-hex': (d) => ({ bytes: Buffer.from(swapped(even(`7${d}`))), at: 2 }),
  'base64-0': (d) => ({ bytes: Buffer.from(Buffer.from(`${d}"}`).toString('base64url')) }),
  'base64-1': (d) => ({ bytes: Buffer.from(Buffer.from(`"${d}"`).toString('base64')), at: 2 }),
  'base64-2': (d) => ({ bytes: Buffer.from(Buffer.from(`{"${d}`).toString('base64')), at: 3 }),
  'int64-be': (d) => ({ bytes: fromHex(BigInt(d).toString(16).padStart(16, '0')) }),
  'int64-le': (d) => ({ bytes: fromHex(BigInt(d).toString(16).padStart(16, '0')).reverse() }),
  'float64-be': (d) => ({ bytes: Buffer.from(new Float64Array([Number(d)]).buffer).reverse() }),
  'float64-le': (d) => ({ bytes: Buffer.from(new Float64Array([Number(d)]).buffer) }),
}
const names = Object.keys(forms)
const digits = fc.stringMatching(/^[1-9][0-9]{12,18}$/).filter((text) => BigInt(text) < 2n ** 63n)
const noise = fc.uint8Array({ minLength: 0, maxLength: 300 })

describe('a number in bytes', () => {
  for (const name of names)
    test(`is found as ${name}`, () => {
      const { bytes, at = 0 } = forms[name]?.(number) ?? { bytes: Buffer.alloc(0) }
      const hay = Buffer.concat([Buffer.alloc(7, 0xaa), bytes, Buffer.alloc(5, 0xaa)])
      const found = findNumbers(hay, [...others, number])
      assert.deepEqual(
        found.filter(({ encoding }) => encoding === name),
        [{ number, encoding: name, offset: 7 + at }],
      )
    })

  test('is found in every form, of every length, anywhere, whatever stands beside it', () => {
    fc.assert(
      fc.property(digits, fc.constantFrom(...names), noise, noise, (text, name, left, right) => {
        const { bytes, at = 0 } = forms[name]?.(text) ?? { bytes: Buffer.alloc(0) }
        const found = findNumbers(Buffer.concat([left, bytes, right]), [...others, text])
        return found.some(
          (one) => one.number === text && one.encoding === name && one.offset === left.length + at,
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('is not found where it is not: random bytes, its neighbours, its parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 20_000 }), (bytes) => {
        assert.deepEqual(findNumbers(bytes, [number, ...others]), [])
      }),
    )
    const near = [number.slice(0, -1), `${number.slice(0, -1)}9`, [...number].reverse().join('')]
    for (const name of names)
      for (const text of near) {
        const { bytes } = forms[name]?.(text) ?? { bytes: Buffer.alloc(0) }
        const found = findNumbers(bytes, [number]).filter(({ encoding }) => encoding === name)
        // float64 and the odd hex form do not hold the last digit of every number
        if (!/^float|odd-hex|base64/.test(name)) assert.deepEqual(found, [], `${name} ${text}`)
      }
  })

  test('must be long enough to mean something', () => {
    for (const bad of ['', '1234567', '4929 1234', '49x9123456781238', '9'.repeat(33)])
      assert.throws(() => findNumbers(new Uint8Array(9), [bad]), RangeError)
    assert.deepEqual(findNumbers(Buffer.from('12345678'), []), [])
  })
})

describe('a text in bytes', () => {
  const text = 'security_code=731'
  const written = {
    ascii: Buffer.from(`{${text}}`),
    'utf16-le': Buffer.from(text, 'utf16le'),
    'utf16-be': Buffer.from(text, 'utf16le').swap16(),
    hex: Buffer.from(Buffer.from(text).toString('hex')),
    'hex-upper': Buffer.from(Buffer.from(text).toString('hex').toUpperCase()),
    'base64-0': Buffer.from(Buffer.from(text).toString('base64')),
    'base64-1': Buffer.from(Buffer.from(`"${text}"`).toString('base64url')),
    'base64-2': Buffer.from(Buffer.from(`{"${text}"}`).toString('base64')),
  }
  for (const [encoding, bytes] of Object.entries(written))
    test(`is found as ${encoding}`, () => {
      const found = findNumbers(bytes, [text]).map((one) => one.encoding)
      assert.deepEqual(found, [encoding])
      // Base64 may leave the last character's low bits to its neighbour: the first digit tells.
      assert.deepEqual(findNumbers(bytes, ['security_code=431']), [])
    })

  test('is found in both alphabets of base64, where it has their two characters', () => {
    const odd = 'code>>>?731'
    const inBase64 = Buffer.from(odd).toString('base64')
    assert.match(inBase64, /[+/]/)
    for (const bytes of [inBase64, Buffer.from(odd).toString('base64url')])
      assert.equal(findNumbers(Buffer.from(bytes), [odd]).length, 1)
  })

  test('must be long enough, and plain', () => {
    for (const bad of ['code731', 'security_code=七三一'])
      assert.throws(() => findNumbers(new Uint8Array(9), [bad]), RangeError)
  })
})

test('a scanner finds across chunks what one search finds in the whole, once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }),
      (planted, sizes) => {
        const parts = planted.map((name) => forms[name]?.(number).bytes ?? Buffer.alloc(0))
        const whole = Buffer.concat(parts.flatMap((part) => [part, Buffer.alloc(3, 0x55)]))
        const { feed } = createScanner([number])
        const found = []
        for (let at = 0, i = 0; at < whole.length; i += 1) {
          const chunk = whole.subarray(at, at + (sizes[i % sizes.length] ?? 1))
          found.push(...feed(chunk, at))
          at += chunk.length
        }
        const key = (one: { encoding: string; offset: number }) => `${one.offset} ${one.encoding}`
        assert.deepEqual(found.map(key).sort(), findNumbers(whole, [number]).map(key).sort())
      },
    ),
    { numRuns: 1000 },
  )
})

describe('files', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scan-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  test('are read to the end, across chunks, holes included', async () => {
    const path = join(folder, 'sparse')
    const file = await open(path, 'w')
    const size = 256 * 1024 * 1024
    const seam = 64 * 1024 * 1024 - 5
    for (const at of [0, seam, size - 16]) await file.write(Buffer.from(number), 0, 16, at)
    await file.close()
    const found = await scanFile(path, [number])
    const whole = found.filter(({ encoding }) => encoding === 'ascii').map(({ offset }) => offset)
    assert.deepEqual(whole, [0, seam, size - 16])
    await rm(path)
  })

  test('below a folder are all read; links are not followed; what is missing faults', async () => {
    const inner = join(folder, 'a', 'b')
    await mkdir(inner, { recursive: true })
    await writeFile(join(inner, 'log'), `paid with ${number}.`)
    await writeFile(join(folder, 'a', 'clean'), 'nothing here')
    await symlink(join(inner, 'log'), join(folder, 'a', 'link'))
    const found = await scanFolder(folder, [number])
    assert.deepEqual(found, [{ number, encoding: 'ascii', offset: 10, path: join(inner, 'log') }])
    assert.deepEqual(await scanFolder(join(folder, 'a', 'clean'), [number]), [])
    await assert.rejects(scanFolder(join(folder, 'absent'), [number]), { code: 'ENOENT' })
  })

  const main = join(import.meta.dirname, 'commands', 'scan.ts')
  const command = `const { run } = await import(${JSON.stringify(main)})
process.exitCode = await run(process.argv.slice(1))`
  const scan = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, ['--input-type=module', '-e', command, '--', ...args], { input })

  test('by the command: place, form and offset, never more than four digits', async () => {
    const path = join(folder, 'till.log')
    await writeFile(path, `card=${number}`)
    const { status, stdout } = scan([path, '--numbers', '-'], `${others[0]}\n${number}\n`)
    assert.equal(status, 1)
    assert.equal(stdout.toString(), `${path}  ascii  at 5  …1238  planted\n1 found.\n`)
    await writeFile(path, 'card=4929 1234 5678 1239')
    assert.equal(scan([path, '--number', others[0] ?? '']).status, 0)
  })

  test('by the command: what it does not understand, it says', () => {
    const more = [
      [folder, '--bin', '99'],
      ['--pid', 'x'],
    ]
    for (const args of [[], ['--number', number], [folder, '--number', '12'], ['--x'], ...more]) {
      const { status, stderr } = scan(args)
      assert.equal(status, 2)
      assert.match(stderr.toString(), /warifu scan <path…>/)
    }
  })
})
