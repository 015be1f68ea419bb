/**
 * Law: a room has one door and it carries the room's name; nothing is exported wholesale or
 * without a name; no room is for leftovers. Grep then finds everything.
 */
import { type File, isCode, isTest, lineOf, readCode, type Violation } from './code.ts'

const leftovers =
  /^(?:utils?|helpers?|common|shared|core|services?|managers?|misc|types?|lib|index)$/

function doorless(files: readonly File[]): Violation[] {
  const paths = new Set(files.map((file) => file.path))
  const rooms = new Set<string>()
  for (const file of files) {
    const room = /^(?:server|devices|web)\/[^/]+(?=\/)/.exec(file.path)?.[0]
    if (room !== undefined && isCode(file) && !isTest(file.path)) rooms.add(room)
  }
  return [...rooms].flatMap((room) => {
    const door = `${room}/${room.slice(room.indexOf('/') + 1)}.ts`
    const sentence = `a room has one door with its name: ${door}`
    return paths.has(door) || paths.has(`${door}x`)
      ? []
      : [{ law: 'doors', path: room, line: 1, sentence }]
  })
}

const banned: readonly (readonly [RegExp, string])[] = [
  [/\bexport\s*\*/g, 'no export *: name what is exported'],
  [/\bexport\s+default\b/g, 'no default exports'],
  [/\bexport\s*\{[^{}]*\bas\s+default\b/g, 'no default exports'],
]

/** One door for each room, named exports, names that mean something. */
export function doors(files: readonly File[]): Violation[] {
  const found = doorless(files)
  for (const file of files) {
    const { path, text } = file
    if (!/\.(?:[cm]?[jt]sx?|sql)$/.test(path)) continue
    const add = (line: number, sentence: string) =>
      found.push({ law: 'doors', path, line, sentence })
    const bad = path.split('/').find((name) => leftovers.test(name.replace(/\..*$/, '')))
    if (bad !== undefined) add(1, `${bad}: no rooms for leftovers, name the thing`)
    if (!isCode(file) || path.endsWith('.config.ts')) continue
    const { masked } = readCode(text)
    for (const [pattern, sentence] of banned)
      for (const { index } of masked.matchAll(pattern)) add(lineOf(text, index), sentence)
  }
  return found
}
