/**
 * Reads TypeScript well enough to judge it: which parts are code, which are text.
 *
 * `masked` is the source with comments gone and the insides of strings, templates and regular
 * expressions blanked, letter for letter, so that an offset means the same place in both. Code
 * inside `${…}` stays code. TypeScript 7 has no JavaScript API, hence this small reader.
 */
export type File = { readonly path: string; readonly text: string }
export type Violation = {
  readonly law: string
  readonly path: string
  readonly line: number
  readonly sentence: string
}

/** A string or template: its text (holes blanked), and the offset of that text in the source. */
export type Literal = { readonly text: string; readonly start: number; readonly template: boolean }
export type Code = { readonly masked: string; readonly literals: readonly Literal[] }
export type Import = { readonly to: string; readonly at: number; readonly reexport: boolean }

const blank = (text: string) => text.replace(/[^\n]/g, ' ')
const inner = (text: string) => text.slice(0, 1) + blank(text.slice(1, -1)) + text.slice(-1)

const space = /\s+/y
const comment = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const quoted = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y
const regex = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y
const word = /[\w$]+/y
const templatePart = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y
/** After one of these (or at the start) a slash begins a regular expression, not a division. */
const beforeRegex =
  /^(?:[^\w$)\]}]|return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await)$/

const read = new Map<string, Code>()

/** The code of this text; the same text is read once. */
export function readCode(text: string): Code {
  const known = read.get(text)
  if (known !== undefined) return known
  const code = readAnew(text)
  read.set(text, code)
  return code
}

type Template = { readonly start: number; text: string; depth: number }

function readAnew(text: string): Code {
  const literals: Literal[] = []
  const open: Template[] = []
  let masked = ''
  let last = ''
  let at = 0
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const takeTemplate = (template: Template) => {
    const part = take(templatePart)
    const hole = part.endsWith('${')
    const said = hole ? part.slice(0, -2) : part.slice(0, -1)
    template.text += said + (hole ? '  ' : '')
    masked += blank(said) + (hole ? ' {' : '`')
    if (hole) open.push(template)
    else literals.push({ text: template.text, start: template.start, template: true })
    last = hole ? '{' : '`'
  }
  while (at < text.length) {
    const gap = take(space) || take(comment)
    if (gap) {
      masked += blank(gap)
      continue
    }
    const string = take(quoted)
    if (string)
      literals.push({ text: string.slice(1, -1), start: at - string.length + 1, template: false })
    const value = string || (last === '' || beforeRegex.test(last) ? take(regex) : '')
    if (value) {
      masked += inner(value)
      last = '`'
      continue
    }
    const name = take(word)
    const mark = name || text.charAt(at)
    if (!name) at += 1
    const hole = open.at(-1)
    if (mark === '{' && hole) hole.depth += 1
    if (mark === '}' && hole && hole.depth === 0) {
      open.pop()
      masked += mark
      hole.text += blank(text.slice(hole.start + hole.text.length, at))
      takeTemplate(hole)
      continue
    }
    if (mark === '}' && hole) hole.depth -= 1
    masked += mark
    last = mark
    if (mark === '`') takeTemplate({ start: at, text: '', depth: 0 })
  }
  return { masked, literals }
}

/** The line (from 1) of an offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1
  return line
}

/** Every module that this text names: import, export … from, import(), new URL(…). */
export function importsOf(text: string): Import[] {
  const { masked, literals } = readCode(text)
  const found: Import[] = []
  for (const { text: to, start, template } of literals) {
    const before = masked.slice(Math.max(0, start - 2000), start - 1)
    const named = /\b(?:from|import|(?:import|require|resolve|new URL)\s*\()\s*$/.test(before)
    if (!named || template || /\bArray\s*\.\s*from\s*$/.test(before)) continue
    const reexport = /\bexport\s+(?:type\s+)?(?:\*(?:\s*as\s+\w+)?|\{[^{}]*\})\s*from\s*$/.test(
      before,
    )
    found.push({ to, at: start, reexport })
  }
  return found
}

export const isCode = ({ path }: File): boolean => /\.(?:ts|tsx|mts)$/.test(path)
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)
