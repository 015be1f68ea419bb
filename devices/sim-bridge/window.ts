/**
 * The bridge's own window: plain forms without a script, on the bridge's own origin, where the
 * wallet's page can neither look nor type. It asks what questions.ts has pending.
 */
import type { Question } from './questions.ts'
import { type Language, type Word, words } from './window-words.ts'

export const windowPolicy = [
  "default-src 'none'",
  "style-src 'sha256-STYLE'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export const style = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.1rem }
label { display: block; margin: 1rem 0 .25rem }
input { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box }
button { font: inherit; padding: .5rem 1rem; margin: 1rem .5rem 0 0 }
p { overflow-wrap: anywhere }
`

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const safe = (text: string): string => text.replace(/[&<>"']/g, (one) => escapes[one] ?? '')

export type Shown = {
  readonly pending: { readonly id: string; readonly question: Question } | undefined
  readonly language: Language
  /** The last act of this window did not work. */
  readonly failed?: boolean
}

export function windowPage({ pending, language, failed = false }: Shown): string {
  const say = (word: Word): string => safe(words[word][language])
  const body = pending === undefined ? idle(say) : asking(pending, say)
  const refresh = pending === undefined && !failed ? '<meta http-equiv="refresh" content="1">' : ''
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">${refresh}
<meta name="viewport" content="width=device-width"><title>${say('title')}</title>
<style>${style}</style></head><body><main><h1>${say('title')}</h1>
${failed ? `<p role="alert">${say('wrong')}</p>` : ''}${body}</main></body></html>`
}

type Say = (word: Word) => string

function idle(say: Say): string {
  return `<p>${say('nothing')}</p>
<p><a href="/unblock">${say('unblock')}</a></p>`
}

function asking({ id, question }: NonNullable<Shown['pending']>, say: Say): string {
  const no = `<button name="answer" value="no">${say('no')}</button>`
  const form = (fields: string, yes: string) => `<form method="post" action="/answer">
<input type="hidden" name="id" value="${safe(id)}">${fields}
<button name="answer" value="yes">${yes}</button>${no}</form>`
  if (question.kind === 'pair')
    return `<p>${say('pair')}</p><p><strong>${safe(question.origin)}</strong></p>
${form('', say('allow'))}`
  return `<p><strong>${safe(question.about)}</strong></p>
${form(pinField(say, 'typed', 'pin'), say('enter'))}
<p>${say('tries')}: ${question.triesLeft}</p><p>${say('private')}</p>`
}

const pinField = (say: Say, name: string, word: Word, digits = '4,8'): string =>
  `<label for="${name}">${say(word)}</label><input id="${name}" name="${name}" type="password"
inputmode="numeric" autocomplete="off" pattern="[0-9]{${digits}}" required autofocus>`

export function unblockPage(language: Language, failed = false): string {
  const say = (word: Word): string => safe(words[word][language])
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${say('unblock')}</title>
<style>${style}</style></head><body><main><h1>${say('unblock')}</h1>
${failed ? `<p role="alert">${say('wrong')}</p>` : ''}
<form method="post" action="/unblock">${pinField(say, 'puk', 'puk', '8')}
${pinField(say, 'pin', 'newPin')}<button>${say('enter')}</button></form>
<p>${say('private')}</p></main></body></html>`
}
