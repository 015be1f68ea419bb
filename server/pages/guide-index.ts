/**
 * The list of guides as a reader of the repository finds it: docs/README.md, and the same in each
 * language, by part and title. `node server/pages/guide-index.ts` writes them; a test holds them
 * to the guides.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { type Language, languages } from '@warifu/protocol/language'
import {
  fileOf,
  type GuideFiles,
  guideIn,
  originals,
  partOf,
  parts,
  readGuideFiles,
  titleOf,
} from './guide-files.ts'
import { nameOf, sayIn } from './words.ts'

const to = (from: string, path: string) => posix.relative(posix.dirname(from), path)

function indexIn(files: GuideFiles, language: Language): string {
  const say = sayIn(language)
  const here = fileOf('docs/README.md', language)
  const others = languages.map((one) =>
    one === language ? nameOf[one] : `[${nameOf[one]}](${to(here, fileOf('docs/README.md', one))})`,
  )
  const all = originals(files)
  const sections = parts.map(([part]) => {
    const lines = all
      .filter((path) => partOf(path) === part)
      .map((path) => {
        const guide = guideIn(files, path, language)
        return guide === undefined ? '' : `- [${titleOf(guide)}](${to(here, guide.path)})\n`
      })
    return `## ${say(part)}\n\n${lines.join('')}`
  })
  const top = [`# ${say('nav_guides')}`, others.join(' · '), say('guides_lead')]
  return `${top.join('\n\n')}\n\n${sections.join('\n')}`
}

/** Every list and its text, by its path. */
export const indexes = (files: GuideFiles): Map<string, string> =>
  new Map(languages.map((one) => [fileOf('docs/README.md', one), indexIn(files, one)]))

if (import.meta.main) {
  const root = dirname(dirname(import.meta.dirname))
  for (const [path, text] of indexes(readGuideFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}
