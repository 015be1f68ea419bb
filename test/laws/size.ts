/**
 * Law: small. A function has at most 70 lines, a file 400, a line of TypeScript 100 columns.
 *
 * Functions are measured on the masked source by their brackets: from the line on which the
 * parameters begin to the line of the last bracket, what stands inside included. A callback of
 * describe() is a table of contents, not a function.
 */
import { type File, isCode, lineOf, readCode, type Violation } from './code.ts'

export const limits = { functionLines: 70, fileLines: 400, columns: 100 } as const
/** Data: read by looking up, not from top to bottom. */
const tables = new Set([
  'protocol/error-words-ja.ts',
  'protocol/error-words-ko.ts',
  'protocol/errors.ts',
  'protocol/vault.ts',
  'server/pages/endpoint-words-ja.ts',
  'server/pages/endpoint-words-ko.ts',
  'server/pages/reference-words.ts',
  'server/pages/words.ts',
  'web/tour/browser/words.ts',
])

export type Span = { readonly name: string; readonly from: number; readonly to: number }

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** For each bracket the offset of its partner. */
function partnersOf(code: string): Map<number, number> {
  const partners = new Map<number, number>()
  const open: number[] = []
  for (const { 0: mark, index } of code.matchAll(/[()[\]{}]/g)) {
    if (pairs[mark] !== undefined) {
      open.push(index)
      continue
    }
    const start = open.pop()
    if (start === undefined) continue
    partners.set(start, index)
    partners.set(index, start)
  }
  return partners
}

type Source = { readonly code: string; readonly partners: ReadonlyMap<number, number> }

/** After `)`: the offset of the body's brace, past a return type; undefined where there is none. */
function bodyAfter({ code, partners }: Source, close: number): number | undefined {
  let last = ')'
  for (let at = close + 1; at < code.length; at += 1) {
    const mark = code.charAt(at)
    if (/\s/.test(mark)) continue
    if (
      last === ')' &&
      at > close &&
      mark !== '{' &&
      mark !== ':' &&
      !code.slice(close + 1, at).trim()
    )
      return undefined
    if (mark === '{' && !/[:|&<,([]|=>/.test(last)) return at
    if (/[;,)=}]/.test(mark) && code.slice(at, at + 2) !== '=>') return undefined
    last = code.slice(at, at + 2) === '=>' ? '=>' : mark
    if (last === '=>') at += 1
    if (pairs[mark] !== undefined) at = partners.get(at) ?? code.length
  }
  return undefined
}

/** After `=>`: the last offset of an arrow function's body, a block or an expression. */
function endOfArrow({ code, partners }: Source, arrow: number): number {
  let at = arrow + 2
  while (/\s/.test(code.charAt(at))) at += 1
  if (code.charAt(at) === '{') return partners.get(at) ?? at
  let end = at
  for (; at < code.length; at += 1) {
    const mark = code.charAt(at)
    if (/[,;)\]}]/.test(mark)) return end
    if (
      mark === '\n' &&
      !/^\s*[.?:|&+\-*/%<>=]/.test(code.slice(at)) &&
      !/[?:|&+\-*/<>=]$/.test(code.slice(0, at).trimEnd().slice(-1))
    )
      return end
    if (pairs[mark] !== undefined) at = partners.get(at) ?? code.length
    if (!/\s/.test(mark)) end = at
  }
  return end
}

/** Where an arrow function's parameters begin. */
function startOfArrow({ code, partners }: Source, arrow: number): number {
  const before = code.slice(0, arrow).trimEnd()
  if (before.endsWith(')')) return partners.get(before.length - 1) ?? arrow
  const typed = before.lastIndexOf('):')
  const plain = typed >= 0 && !/[;=]/.test(before.slice(typed))
  return plain ? (partners.get(typed) ?? arrow) : before.length
}

const control = /^(?:if|for|while|switch|catch|with|await|return|typeof)$/

/** Every function of this source with its lines. */
export function functionsOf(text: string): Span[] {
  const { masked: code } = readCode(text)
  const source = { code, partners: partnersOf(code) }
  const found: Span[] = []
  const add = (name: string, from: number, to: number) =>
    found.push({ name, from: lineOf(text, from), to: lineOf(text, to) })
  for (const { index } of code.matchAll(/\(/g)) {
    const name = /([\w$#]+)\s*(?:<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>)?\s*$/.exec(
      code.slice(Math.max(0, index - 200), index),
    )?.[1]
    if (name === undefined || control.test(name)) continue
    const close = source.partners.get(index)
    const body = close === undefined ? undefined : bodyAfter(source, close)
    if (body !== undefined) add(name, index, source.partners.get(body) ?? body)
  }
  for (const { index } of code.matchAll(/=>/g)) {
    const start = startOfArrow(source, index)
    const before = code.slice(Math.max(0, start - 200), start)
    if (/\b(?:describe|suite)\s*\(\s*[`'"]\s*[`'"]\s*,\s*$/.test(before)) continue
    const name = /([\w$]+)\s*(?::[^=;]*)?[=:]\s*(?:async\s*)?$/.exec(before)?.[1]
    add(name ?? 'a callback', start, endOfArrow(source, index))
  }
  return found
}

/** Nothing is too large to be read at once. */
export function size(files: readonly File[]): Violation[] {
  const found: Violation[] = []
  for (const file of files) {
    const { path, text } = file
    if (!/\.(?:[cm]?[jt]sx?|sql)$/.test(path)) continue
    const add = (line: number, sentence: string) =>
      found.push({ law: 'size', path, line, sentence })
    const lines = text.replace(/\n$/, '').split('\n')
    if (lines.length > limits.fileLines && !tables.has(path))
      add(1, `${lines.length} lines in a file`)
    if (!isCode(file)) continue
    for (const [at, line] of lines.entries())
      if (line.length > limits.columns && !tables.has(path)) add(at + 1, `${line.length} columns`)
    for (const { name, from, to } of functionsOf(text))
      if (to - from + 1 > limits.functionLines)
        add(from, `${name}: ${to - from + 1} lines in a function`)
  }
  return found
}
