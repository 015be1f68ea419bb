/**
 * Takes secrets out of a body before it is written to the request log: fields that hold one by
 * their name, and texts that look like one wherever they stand. What is not JSON is not kept.
 */
const MOST = 4000

/** Fields whose values nobody needs in a log. */
const secretNames = new Set(['secret', 'token', 'code', 'link', 'message', 'pin', 'authorization'])

/** Keys and session tokens of ours, webhook secrets, and any run of digits that could be a card. */
const secretTexts = [
  /\bw[kr]_(?:test|live)_[A-Za-z0-9_-]{8,}/g,
  /\bw[so]_[A-Za-z0-9_-]{20,}/g,
  /\bwhsec_[A-Za-z0-9+/=]{8,}/g,
  /\b\d(?:[ -]?\d){11,18}\b/g,
]

const maskText = (text: string): string =>
  secretTexts.reduce((left, pattern) => left.replace(pattern, '***'), text)

function maskValue(value: unknown, name: string): unknown {
  if (secretNames.has(name) && value !== null) return '***'
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map((one) => maskValue(one, ''))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [maskText(key), maskValue(one, key)]),
    )
  return value
}

/** A field of such a name that is not null, or an escape behind which a text could hide. */
const secretField = new RegExp(`"(?:${[...secretNames].join('|')})"\\s*:(?!\\s*null\\b)|\\\\u`)

/** Most answers hold nothing of the kind: they are kept as they are. */
const isPlain = (body: string): boolean =>
  !secretField.test(body) && secretTexts.every((pattern) => body.search(pattern) < 0)

/** The body as it may be kept; empty for one that is empty or no JSON. */
export function masked(body: string): string {
  if (body === '') return ''
  try {
    const value: unknown = JSON.parse(body)
    return (isPlain(body) ? body : JSON.stringify(maskValue(value, ''))).slice(0, MOST)
  } catch {
    return ''
  }
}
