/**
 * Law: time, chance and the environment come in through the front door (main.ts and its like), so
 * that everything behind it can run under one seed.
 */
import { type File, isCode, isTest, lineOf, readCode, type Violation } from './code.ts'

const time = 'time is passed in'
const chance = 'chance is passed in'
const words: readonly (readonly [RegExp, string])[] = [
  [/\bDate\s*\.\s*now\b/g, time],
  [/\bnew\s+Date\b(?!\s*\(\s*[^\s)])(?!\s*[\w.<])/g, time],
  [/(?<!new\s+|[\w.])Date\s*\(/g, time],
  [/\bperformance\s*\.\s*now\b|\bhrtime\b|\bTemporal\s*\.\s*Now\b/g, time],
  [/\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/g, chance],
  [/\bprocess\s*(?:\.\s*|\[.)env\b/g, 'the environment is read once, in main.ts'],
  [/\b(?:setTimeout|setInterval)\b/g, 'only main.ts waits; inside it is a tick(now)'],
]
/** Making a key is chance too; only a terminal's own non-extractable keys are made in place. */
const keys = /\bgenerateKey(?:Pair)?(?:Sync)?\b/g

export const isEdge = (path: string): boolean =>
  /^(?:cli|bench|test)\//.test(path) ||
  /(?:^|\/)(?:main|migrate|opening|seed)\.tsx?$/.test(path) ||
  path.endsWith('.config.ts') ||
  isTest(path)

/** A published package is started by other people's programs: this file is its front door. */
const isFrontDoor = (path: string): boolean => path === 'sdk/runtime.ts'

const isBehindDoors = (file: File): boolean =>
  isCode(file) && !isEdge(file.path) && !isFrontDoor(file.path)

/** No clock, dice or environment behind the front door. */
export function edges(files: readonly File[]): Violation[] {
  const found: Violation[] = []
  for (const file of files.filter(isBehindDoors)) {
    const { path, text } = file
    const { masked, literals } = readCode(text)
    const add = (at: number, sentence: string) =>
      found.push({ law: 'edges', path, line: lineOf(text, at), sentence })
    for (const [pattern, sentence] of words)
      for (const { index } of masked.matchAll(pattern)) add(index, sentence)
    if (!path.startsWith('devices/terminal/'))
      for (const { index } of masked.matchAll(keys)) add(index, 'a new key is chance: pass it in')
    for (const { text: to, start } of literals)
      if (/^(?:node:)?(?:timers(?:\/promises)?|process|perf_hooks)$/.test(to))
        add(start, `${to}: only main.ts`)
  }
  return found
}
