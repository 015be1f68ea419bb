/**
 * Writes the guides of errors out of the one table: a file for each kind, every code in it with its
 * words to cardholder, merchant and operator in three languages. `node cli/error-guides.ts` writes
 * docs/errors; a test holds the files to the table.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorTitles } from '@warifu/protocol/error-titles'
import { errorWordsJa } from '@warifu/protocol/error-words-ja'
import { errorWordsKo } from '@warifu/protocol/error-words-ko'
import { errors, type Refusal, type Words } from '@warifu/protocol/errors'
import { root } from './state-folder.ts'

export const GUIDES = join(root, 'docs', 'errors')

// The keys of the table are its codes by its type.
const codes = Object.keys(errors) as Refusal[]
const byType = Map.groupBy(codes, (code) => errors[code].type)
/** In all three languages: a page shows a reader their own of such a title. */
const titleOf = (type: keyof typeof errorTitles) => errorTitles[type].join(' · ')

const cell = (text: string) => (text === '' ? '–' : text.replaceAll('|', '\\|'))
const line = (who: string, at: 0 | 1 | 2, words: readonly Words[]) =>
  `| ${who} | ${words.map((of) => cell(of[at])).join(' | ')} |`

/** A line each: a break would show as a space in Japanese. */
const intro = {
  ja: [
    '成功でない応答には、必ずこの中のコードと、対処と、お金が動いたかどうかが付きます。',
    '動いたお金を「拒否」とは呼びません。',
    'どのコードも、カード会員、加盟店、運用者にとっての意味を、1つの表から3つの言語で伝えます。',
    '「–」は、その立場の人には届かないことを表します。',
  ].join(''),
  ko: [
    '성공이 아닌 모든 응답에는 이 가운데 하나의 코드와 대처, 돈이 움직였는지가 붙습니다.',
    '움직인 돈을 “거절”이라고 하지 않습니다.',
    '코드마다 카드 이용자, 가맹점, 운영자에게 어떤 뜻인지를 표 하나에서 세 언어로 말합니다.',
    '“–”는 그 위치의 사람에게는 오지 않는다는 뜻입니다.',
  ].join(' '),
} as const

function section(code: Refusal): string {
  const { cardholder, merchant, operator, advice } = errors[code]
  const words = [[cardholder, merchant, operator] as const, errorWordsJa[code], errorWordsKo[code]]
  return `## ${code}

Advice · 対処 · 대처: \`${advice}\`

| | English | 日本語 | 한국어 |
|---|---|---|---|
${line('cardholder · カード会員 · 카드 이용자', 0, words)}
${line('merchant · 加盟店 · 가맹점', 1, words)}
${line('operator · 運用者 · 운영자', 2, words)}
`
}

/** Every file of the folder and its text. */
export function guides(): Map<string, string> {
  const files = new Map<string, string>()
  const rows: string[] = []
  for (const [type, found] of byType) {
    const links = found.map((code) => `[${code}](${type}.md#${code})`)
    rows.push(`| [${titleOf(type)}](${type}.md) | ${links.join(' ')} |`)
    const head = `# ${titleOf(type)}\n\n\`${type}\`\n`
    files.set(`${type}.md`, [head, ...found.map(section)].join('\n'))
  }
  const index = `# Errors in words · エラーの言葉 · 오류의 말

Every answer that is no success carries one of these codes, an advice and whether money moved.
Money that moved is never called declined. Each code says what it means to the cardholder, to the
merchant and to the operator, in three languages, out of one table (\`protocol/errors.ts\`). A dash:
nobody of that kind meets it.

${intro.ja}

${intro.ko}

| kind · 種類 · 종류 | codes · コード · 코드 |
|---|---|
${rows.join('\n')}
`
  return files.set('README.md', index)
}

if (import.meta.main) {
  await mkdir(GUIDES, { recursive: true })
  for (const [name, text] of guides()) await writeFile(join(GUIDES, name), text)
}
