/** A JSON Schema as people read it: fields with their types, what is required, what it may be. */
import { type Html, html, nothing } from './html.ts'
import type { ReferenceSay, ReferenceWords } from './reference-words.ts'

type Schema = Readonly<Record<string, unknown>>
const DEEPEST = 5

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null
const schemasOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The type in a few words: `string`, `"jpy" | "usd"`, `array of object`, `id cr…`. */
export function typeOf(schema: Schema, say: ReferenceSay): string {
  if ('const' in schema) return JSON.stringify(schema['const'])
  const values = schema['enum']
  if (Array.isArray(values)) return values.map((one) => JSON.stringify(one)).join(' | ')
  const either = schemasOf(schema['anyOf'])
  if (either.length > 0) return [...new Set(either.map((one) => typeOf(one, say)))].join(' | ')
  if (schema['type'] === 'array' && isSchema(schema['items']))
    return say('array', { type: typeOf(schema['items'], say) })
  const [, prefix] = /^\^([a-z]{3})_\[0-9A-HJ/.exec(textOf(schema['pattern'])) ?? []
  return prefix === undefined ? textOf(schema['type']) || say('anything') : say('id', { prefix })
}

/** What narrows it: length, range, form. */
export function boundsOf(schema: Schema, say: ReferenceSay): string {
  const range = (from: unknown, to: unknown, unit?: 'characters' | 'items') => {
    if (from === undefined && to === undefined) return ''
    const bounds = `${from ?? ''} … ${to ?? ''}`
    return unit === undefined ? bounds : say(unit, { range: bounds })
  }
  const pattern = textOf(schema['pattern'])
  return [
    range(schema['minimum'], schema['maximum']),
    range(schema['minLength'], schema['maxLength'], 'characters'),
    range(schema['minItems'], schema['maxItems'], 'items'),
    schema['default'] === undefined
      ? ''
      : say('default', { value: JSON.stringify(schema['default']) }),
    pattern === '' || pattern.includes('[0-9A-HJ') || pattern.length > 60 ? '' : pattern,
  ]
    .filter((text) => text !== '')
    .join(' · ')
}

/** The object inside: itself, an array's item, or the one alternative that is an object. */
function insideOf(schema: Schema): Schema | undefined {
  if (isSchema(schema['properties'])) return schema
  if (isSchema(schema['items'])) return insideOf(schema['items'])
  return schemasOf(schema['anyOf']).map(insideOf).find(isSchema)
}

export function fieldList(schema: Schema, words: ReferenceWords, depth = 0): Html {
  const { say } = words
  const inside = insideOf(schema)
  const properties = inside?.['properties']
  if (inside === undefined || !isSchema(properties) || depth > DEEPEST) return nothing
  const required = new Set(Array.isArray(inside['required']) ? inside['required'] : [])
  const items = Object.entries(properties).map(([name, one]) => {
    if (!isSchema(one)) return nothing
    const optional = required.has(name)
      ? nothing
      : html` <span class="by">${say('optional')}</span>`
    const bounds = boundsOf(one, say)
    const description = words.description(textOf(one['description']))
    return html`<li><code class="name">${name}</code>
<span class="type">${typeOf(one, say)}</span>${optional}
${description === '' ? nothing : html`<span class="by">${description}</span>`}
${bounds === '' ? nothing : html`<span class="by">${bounds}</span>`}
${fieldList(one, words, depth + 1)}</li>`
  })
  return items.length === 0
    ? html`<p class="by">${say('nothing')}</p>`
    : html`<ul class="fields">${items}</ul>`
}
