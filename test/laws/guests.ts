/**
 * Law: every dependency is a guest with an invitation. ARCHITECTURE.md has the table: name in
 * backticks, the workspaces it lives in (`root` for the tools), and why. Both directions hold, so
 * the vault's list is exactly the table's; and nobody imports what its package.json does not name.
 */
import { type File, importsOf, isCode, isTest, lineOf, type Violation } from './code.ts'

export type Guest = { readonly name: string; readonly workspace: string; readonly line: number }

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/** What the package.json files name, our own workspaces left out. */
export function guestsOf(files: readonly File[]): (Guest & { readonly path: string })[] {
  const found: (Guest & { readonly path: string })[] = []
  for (const { path, text } of files.filter((file) =>
    /^(?:\w+\/)*package\.json$/.test(file.path),
  )) {
    const manifest: unknown = JSON.parse(text)
    const workspace = path.replace(/\/?package\.json$/, '') || 'root'
    for (const [kind, names] of Object.entries(manifest ?? {}))
      if (kinds.includes(kind))
        for (const name of Object.keys(names ?? {}))
          found.push({ name, workspace, path, line: lineOf(text, text.indexOf(`"${name}"`)) })
  }
  return found
}

/** The rows of ARCHITECTURE.md's dependency table, one for each name and workspace. */
export function invitations(page: string): (Guest & { readonly reason: string })[] {
  const section = /^(#+)[^\n]*dependenc[^\n]*\n/im.exec(page)
  if (section === null) return []
  const start = section.index + section[0].length
  const rest = page.slice(start)
  const next = rest.search(new RegExp(`^#{1,${section[1]?.length ?? 1}} `, 'm'))
  const found: (Guest & { readonly reason: string })[] = []
  for (const { 0: row, index } of (next < 0 ? rest : rest.slice(0, next)).matchAll(
    /^\|.*\|\s*$/gm,
  )) {
    const [, names = '', homes = '', reason = ''] = row
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
    for (const [, name = ''] of names.matchAll(/`([^`]+)`/g))
      for (const workspace of homes
        .replaceAll('`', '')
        .split(/[,·]\s*|\s+/)
        .filter(Boolean))
        found.push({ name, workspace, reason, line: lineOf(page, start + index) })
  }
  return found
}

/** The table and the package.json files say the same. */
export function guests(files: readonly File[]): Violation[] {
  const law = 'guests'
  const here = guestsOf(files)
  const rows = invitations(files.find(({ path }) => path === 'ARCHITECTURE.md')?.text ?? '')
  const same = (a: Guest) => (b: Guest) => a.name === b.name && a.workspace === b.workspace
  const found: Violation[] = []
  for (const guest of here.filter(({ name }) => !name.startsWith('@warifu/'))) {
    const row = rows.find(same(guest))
    const { path, line, name, workspace } = guest
    const missing = `${name}: write it into ARCHITECTURE.md's dependency table, for ${workspace}`
    if (row === undefined) found.push({ law, path, line, sentence: missing })
    else if (row.reason.split(' ').length < 2)
      found.push({ law, path: 'ARCHITECTURE.md', line: row.line, sentence: `${name}: say why` })
  }
  for (const row of rows.filter((one) => !here.some(same(one))))
    found.push({
      law,
      path: 'ARCHITECTURE.md',
      line: row.line,
      sentence: `${row.name}: ${row.workspace} does not depend on it`,
    })
  return found
}

const packageOf = (to: string) => to.split('/', to.startsWith('@') ? 2 : 1).join('/')

/** Who is imported stands in the workspace's package.json; a test may call on anyone invited. */
export function uninvited(files: readonly File[]): Violation[] {
  const here = guestsOf(files)
  const found: Violation[] = []
  for (const { path, text } of files.filter(isCode)) {
    const workspace = path.split('/')[0] ?? ''
    const anyone = isTest(path) || workspace === 'test' || workspace === 'bench'
    for (const { to, at } of importsOf(text)) {
      if (/^(?:[./#]|node:|data:|https?:)/.test(to)) continue
      const name = packageOf(to)
      const known = here.some(
        (guest) => guest.name === name && (anyone || guest.workspace === workspace),
      )
      if (known || name === `@warifu/${workspace}` || (anyone && name.startsWith('@warifu/')))
        continue
      const sentence = `${name} is not in ${workspace}/package.json`
      found.push({ law: 'uninvited', path, line: lineOf(text, at), sentence })
    }
  }
  return found
}
