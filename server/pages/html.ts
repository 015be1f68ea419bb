/** Text into HTML: every value is escaped, and what is HTML already says so by its type. */
export type Html = { readonly html: string }
type Value = string | number | Html | readonly Html[]

const raw = (html: string): Html => ({ html })

export const nothing: Html = raw('')

const written = (value: Value): string => {
  if (typeof value === 'string')
    return value.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
  if (typeof value === 'number') return String(value)
  return 'html' in value ? value.html : value.map(({ html }) => html).join('')
}

/** A template of HTML: html`<p>${text}</p>`. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  raw(parts.map((part, at) => part + written(values[at] ?? '')).join(''))

/** A text with `names` in it, as our tables write them. */
export const withNames = (text: string): Html[] =>
  text.split('`').map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))
