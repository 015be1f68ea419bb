/**
 * Law: words that are not written here. No way around the types, no test that does not run, no
 * printing for debugging, no promise to do it later; no trace of a machine, no key.
 */
import { type File, isCode, lineOf, readCode, type Violation } from './code.ts'
import { isEdge } from './edges.ts'

type Rule = readonly [RegExp, string]

// biome-ignore format: a table
const inCode: readonly Rule[] = [
  [
    /(?:[:<|&,]\s*|\bas\s+|=\s+|=>\s*)any\b(?!\s*[(:.?])/g,
    'no any: unknown comes in, a typed value goes on',
  ],
  [/\.\s*(?:skip|only|todo)\s*\(|\b(?:skip|only|todo)\s*:\s*(?:true\b|['"`])/g, 'every test runs'],
]
// biome-ignore format: a table
const inText: readonly Rule[] = [
  [/@ts-(?:ignore|nocheck)\b/g, 'no way around the type checker'],
  [/\b(?:TO[D]O|FIX[M]E)\b/g, 'do it, or write an issue'],
]

function judge(file: File, text: string, rules: readonly Rule[]): Violation[] {
  return rules.flatMap(([pattern, sentence]) =>
    [...text.matchAll(pattern)].map(({ index }) => ({
      law: 'words',
      path: file.path,
      line: lineOf(text, index),
      sentence,
    })),
  )
}

const printing: Rule = [/\bconsole\s*\.\s*\w+/g, 'printing is for cli, bench and main.ts']
const mayPrint = (path: string) => isEdge(path) && !/^test\/|\.test\.tsx?$/.test(path)

/** The words that are banned in code and in text. */
export function words(files: readonly File[]): Violation[] {
  return files.flatMap((file) => {
    const found = /(?:\.[cm]?[jt]sx?|\.sql|\.md)$/.test(file.path)
      ? judge(file, file.text, inText)
      : []
    if (!isCode(file)) return found
    const { masked } = readCode(file.text)
    const rules = mayPrint(file.path) ? inCode : [...inCode, printing]
    return [...found, ...judge(file, masked, rules)]
  })
}

const wellKnown = /^(?:\/(?:tmp|var|opt|usr|srv|home|mnt|app|src|Users|etc|run)?)?$/

/** Folders of this machine that no file may name: the checkout, what lies beside it, the home. */
export function machineFolders(root: string, beside: readonly string[], home: string): string[] {
  const parent = root.slice(0, root.lastIndexOf('/'))
  const others = wellKnown.test(parent) ? [] : beside.map((name) => `${parent}/${name}`)
  return [...new Set([root, ...others, home])].filter((path) => !wellKnown.test(path))
}

const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** No path of a machine, no other registry, no private key. */
export function traces(files: readonly File[], folders: readonly string[]): Violation[] {
  const machine = ['/home/[a-z][\\w.-]*', '/Users/[A-Za-z][\\w.-]*', ...folders.map(quote)]
  // biome-ignore format: a table
  const rules: readonly Rule[] = [
    [
      new RegExp(`(?<![\\w.~/-])(?:${machine.join('|')})(?:/|(?![\\w.-]))`, 'g'),
      "a machine's path",
    ],
    [/\b[A-Z]:\\Users\\/g, "a machine's path"],
    [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/g, 'key material'],
    [/"resolved":\s*"(?!https:\/\/registry\.npmjs\.org\/)https?:/g, 'another registry than npm’s'],
  ]
  return files.flatMap((file) =>
    judge(file, file.text, rules).map((one) => ({ ...one, law: 'traces' })),
  )
}
