/**
 * Law: who may see whom (the map), by which words (the language), and through which doors.
 *
 * `./x.ts` is my own room, `#ledger` a neighbour's door, `@warifu/crypto/hpke` another building,
 * `node:` the ground, a bare name a guest. There is no other way to speak, and no `../`.
 */
import {
  type File,
  type Import,
  importsOf,
  isCode,
  isTest,
  lineOf,
  type Violation,
} from './code.ts'
import { drawnStreet, type MaySee, mapFaults, maySee, zoneOf } from './map.ts'

type Judge = { readonly file: File; readonly table: MaySee; readonly paths: ReadonlySet<string> }

/** The path that an import of one of our own files leads to; undefined for ground and guests. */
export function targetOf(from: string, to: string): string | undefined {
  const folder = from.slice(0, from.lastIndexOf('/') + 1)
  if (to.startsWith('./')) return folder + to.slice(2)
  if (to.startsWith('#')) return `server/${to.slice(1)}/${to.slice(1)}.ts`
  const [, building, name] = /^@warifu\/([^/]+)\/(.+)$/.exec(to) ?? []
  if (building === undefined || name === undefined) return undefined
  return building === 'devices' || building === 'web'
    ? `${building}/${name}/${name}.ts`
    : `${building}/${name}.ts`
}

/** The room's door, for a file that stands in a room with one door. */
function doorOf(path: string): string | undefined {
  const [zone, room, inside] = path.split('/')
  if (inside === undefined || !/^(?:server|devices|web)$/.test(zone ?? '')) return undefined
  return `${zone}/${room}/${room}.ts`
}

function languageFault({ path }: File, { to }: Import): string | undefined {
  if (/(?:^|\/)\.\.(?:\/|$)/.test(to)) return `'${to}': ../ is not in the language`
  if (to.startsWith('#') && !path.startsWith('server/')) return `'${to}': only the server has rooms`
  if (to.startsWith('#') && !/^#[a-z0-9-]+$/.test(to)) return `'${to}': a room has one door, #room`
  if (/^@warifu\//.test(to) && !/^@warifu\/[a-z]+\/[a-z0-9-]+$/.test(to))
    return `'${to}': no deep imports, say @warifu/building/name`
  if (to.startsWith('./') && path.startsWith('server/') && to.includes('/', 2))
    return `'${to}': ./ is the own folder; a neighbour is #room`
  return to.startsWith('/') ? `'${to}': no absolute paths` : undefined
}

function sightFault({ file, table, paths }: Judge, { to, reexport }: Import): string | undefined {
  const target = targetOf(file.path, to)
  if (target === undefined) return undefined
  const [zone, seen] = [zoneOf(file.path), zoneOf(target)]
  if (target.startsWith('server/') && to.startsWith('#') && table[seen] === undefined)
    return `'${to}': no such room; add it to maySee`
  const inside = zone === seen
  if (inside && !isTest(file.path) && target === doorOf(file.path) && file.path !== target)
    return `'${to}': nobody inside a room imports its own door`
  if (inside && to.startsWith('#')) return `'${to}': the own room is ./x.ts`
  if (!inside && reexport) return `'${to}': a neighbour is not exported again (no barrels)`
  const free = isTest(file.path) && !to.startsWith('#')
  if (!inside && !free && !table[zone]?.includes(seen))
    return `${zone} may not see ${seen} ('${to}')`
  return /\.tsx?$/.test(target) && !paths.has(target)
    ? `'${to}': ${target} does not exist`
    : undefined
}

/** Every import obeys the map, speaks the language and uses the doors. */
export function sight(files: readonly File[], table: MaySee = maySee): Violation[] {
  const paths = new Set(files.map((file) => file.path))
  const found: Violation[] = []
  for (const file of files.filter(isCode)) {
    const add = (at: number, sentence: string | undefined) => {
      if (sentence === undefined) return
      found.push({ law: 'sight', path: file.path, line: lineOf(file.text, at), sentence })
    }
    const zone = zoneOf(file.path)
    if (zone !== '' && table[zone] === undefined) add(0, `${zone}: add it to maySee`)
    for (const one of importsOf(file.text))
      add(one.at, languageFault(file, one) ?? sightFault({ file, table, paths }, one))
  }
  return found
}

/** No file sees itself through others. Types count: a knot of types is a knot. */
export function cycles(files: readonly File[]): Violation[] {
  const edges = new Map<string, string[]>()
  for (const { path, text } of files.filter(isCode))
    edges.set(
      path,
      importsOf(text).flatMap(({ to }) => targetOf(path, to) ?? []),
    )
  const done = new Set<string>()
  const found: Violation[] = []
  const walk = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path)
    const sentence = `a cycle: ${[...way.slice(start), path].join(' → ')}`
    if (start >= 0) found.push({ law: 'cycles', path, line: 1, sentence })
    if (start >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) walk(next, [...way, path])
    done.add(path)
  }
  for (const path of edges.keys()) walk(path, [])
  return found
}

/** The map is a one-way street, and ARCHITECTURE.md draws the same one. */
export function map(files: readonly File[], table: MaySee = maySee): Violation[] {
  const law = 'map'
  const found: Violation[] = []
  for (const sentence of mapFaults(table))
    found.push({ law, path: 'test/laws/map.ts', line: 1, sentence })
  const plain = (text: string) => text.replace(/[`*]/g, '').replace(/\s+/g, ' ')
  const page = files.find(({ path }) => path === 'ARCHITECTURE.md')
  if (!plain(page?.text ?? '').includes(drawnStreet()))
    found.push({ law, path: 'ARCHITECTURE.md', line: 1, sentence: `draw: ${drawnStreet()}` })
  return found
}
