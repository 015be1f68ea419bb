// Goal: the house stays as 2-house draws it, and the laws that say so can themselves be trusted.
// Method: every law over the real tree; every law over a small sound house (silence) and over the
// same house with one violation planted (it must speak, at the right place).
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { importsOf, readCode } from './laws/code.ts'
import { drawnStreet, mapFaults, maySee } from './laws/map.ts'
import { planted, soundHouse } from './laws/planted.ts'
import { functionsOf } from './laws/size.ts'
import { machineFolders } from './laws/words.ts'
import { lawsFor, readTree, sentenceOf } from './laws.ts'

const root = resolve(import.meta.dirname, '..')
const tree = readTree(root)

describe('the real tree', () => {
  for (const [name, law] of Object.entries(lawsFor(root)))
    test(`keeps the law: ${name}`, () => {
      const found = law(tree).map(sentenceOf)
      assert.equal(found.length, 0, `\n${found.join('\n')}`)
    })

  test('is really read: more than a few files, of every kind', () => {
    assert(tree.length > 60)
    for (const end of ['.ts', '.sql', '.json', '.md'])
      assert(
        tree.some(({ path }) => path.endsWith(end)),
        end,
      )
    assert(!tree.some(({ path }) => /node_modules|\.git\//.test(path)))
  })
})

describe('a planted violation', () => {
  const sound = soundHouse(drawnStreet())
  const laws = lawsFor('/far/away/checkout')

  for (const [name, law] of Object.entries(laws))
    test(`is what ${name} needs to speak: a sound house gives silence`, () => {
      assert.deepEqual(law(sound).map(sentenceOf), [])
      assert(
        planted.some((one) => one.law === name),
        `plant something against ${name}`,
      )
    })

  for (const { law, path, text, line, says } of planted)
    test(`turns ${law} red: ${path}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      const files = [...sound.filter((file) => file.path !== path), { path, text }]
      const found = laws[law]?.(files) ?? []
      const hit = found.find((one) => says.test(one.sentence))
      assert(hit, `${says} is not among:\n${found.map(sentenceOf).join('\n')}`)
      if (line !== undefined) assert.equal(hit.line, line)
    })
})

describe('the map', () => {
  test('is a one-way street', () => assert.deepEqual(mapFaults(maySee), []))

  test('with a cycle or an unknown room is refused', () => {
    assert.match(mapFaults({ a: ['b'], b: ['a'] })[0] ?? '', /b must be written above a/)
    assert.match(mapFaults({ a: ['a'] })[0] ?? '', /a must be written above a/)
    assert.match(mapFaults({ a: ['nowhere'] })[0] ?? '', /nowhere must be written above/)
  })

  test('says what the specification says of the strictest zones', () => {
    assert.deepEqual(maySee['vault'], ['protocol', 'crypto'])
    assert.deepEqual(maySee['protocol'], [])
    assert(maySee['server/payments']?.includes('server/presentment'))
    assert(!maySee['server/presentment']?.includes('server/payments'))
    assert(!maySee['server/events']?.includes('server/vault-client'))
    assert(
      Object.entries(maySee).every(
        ([zone, seen]) => !zone.startsWith('server') || !seen.includes('vault'),
      ),
    )
  })
})

describe('the reader of TypeScript', () => {
  test('tells code from text, and keeps every offset', () => {
    const hole = (code: string) => ['$', '{', code, '}'].join('')
    const template = `x ${hole(`c({ d: \`${hole('e')}\` })`)} y`
    const text = `a('Date.now()') // now\nb(\`${template}\`) / /[/'\`]+/.f\ng = h / i / j`
    const { masked, literals } = readCode(text)
    assert.equal(masked.length, text.length)
    assert(!/Date|now|x|y'/.test(masked))
    for (const name of 'abcdefghij') assert(masked.includes(name), name)
    assert.deepEqual(
      literals.map((literal) => text.slice(literal.start, literal.start + literal.text.length)),
      ['Date.now()', hole('e'), template],
    )
  })

  test('finds every way to import, and nothing else', () => {
    const text = [
      "import a, { type B } from './a.ts'",
      "import './b.ts'",
      "export { c } from './c.ts'",
      "const d = await import('./d.ts')",
      "import type { E } from './e.ts'",
      "const from = ['./f.ts'], g = Array.from('./g.ts')",
      "// import './h.ts'",
    ].join('\n')
    assert.deepEqual(
      importsOf(text).map(({ to }) => to),
      ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts'],
    )
  })

  // What each of these forms is called and where it starts and ends, by hand.
  const forms: readonly (readonly [string, string, number, number])[] = [
    ['function a() {\n}', 'a', 1, 2],
    [
      'export async function b<T extends { c: 1 }>(\n  d: T,\n): Promise<{ e: T }> {\n  f()\n}',
      'b',
      1,
      5,
    ],
    ['const g = (\n  h: number,\n) => {\n  i(() => 1)\n}', 'g', 1, 5],
    ['const j = (k: L) => ({\n  m: 1,\n})\nn()', 'j', 1, 3],
    ['const o = (p) =>\n  p\n    .q()\n    .r()\n\ns()', 'o', 1, 4],
    ['class T {\n  u(v: W): x is Y {\n    z()\n  }\n}', 'u', 2, 4],
    ["test('a', async () => {\n  if (b) {\n    c()\n  }\n})", 'a callback', 1, 5],
  ]
  for (const [text, name, from, to] of forms)
    test(`measures ${text.split('\n')[0]}`, () => {
      assert.deepEqual(
        functionsOf(text).find((span) => span.name === name),
        { name, from, to },
      )
    })

  test('takes no branch, no call and no describe for a function', () => {
    const text = 'if (a) {\n}\nfor (const b of c()) {\n}\nd(e)\nswitch (f) {\n}\nwhile (g()) {\n}'
    assert.deepEqual(functionsOf(text), [])
    assert.deepEqual(functionsOf("describe('a', () => {\n  b()\n})"), [])
  })
})

test('only folders that tell of a machine are forbidden words', () => {
  const [root, home] = ['/far/away', ['', 'root'].join('/')]
  assert.deepEqual(machineFolders(root, ['away', 'near'], home), [root, '/far/near', home])
  assert.deepEqual(machineFolders('/tmp/x', ['x', 'y'], '/'), ['/tmp/x'])
  assert.deepEqual(machineFolders('/app', ['bin'], '/'), [])
})
