/**
 * The picture as a file of its own: no style, no script, text as text. It names its colours itself,
 * so that it reads the same wherever it is shown, for a light page or a dark one.
 */
import type { Role, SvgElement } from './elements.ts'

export type Shade = 'light' | 'dark'

// biome-ignore format: a table
const colours: Readonly<Record<Role, readonly [light: string, dark: string]>> = {
  'paper':       ['#faf8f3', '#14171b'],
  'surface':     ['#ffffff', '#1c2026'],
  'wash':        ['#f2eee5', '#242a31'],
  'ink':         ['#15191e', '#ece8df'],
  'grey':        ['#5d646d', '#9aa3ad'],
  'line':        ['#e2ddd2', '#2e343c'],
  'line-strong': ['#8b8f94', '#6f7882'],
  'indigo':      ['#1f4e79', '#86b6e6'],
  'vermilion':   ['#c2371f', '#f0795f'],
  'crimson':     ['#a8201a', '#f28b82'],
  'amber':       ['#8a5a00', '#e0b04b'],
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)

export function svgText(element: SvgElement, shade: Shade = 'light'): string {
  const { tag, attributes, paint, children } = element
  const colour = (role: Role | 'none') =>
    role === 'none' ? role : colours[role][shade === 'light' ? 0 : 1]
  const named = [
    ...(tag === 'svg' ? [['xmlns', 'http://www.w3.org/2000/svg'] as const] : []),
    ...Object.entries(attributes),
    ...Object.entries(paint).map(([name, role]) => [name, colour(role)] as const),
  ]
  const words = named.map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join('')
  if (children.length === 0) return `<${tag}${words}/>`
  const inside = children.map((one) =>
    typeof one === 'string' ? escaped(one) : svgText(one, shade),
  )
  const isText = children.every((one) => typeof one === 'string')
  const [open, close] = isText ? ['', ''] : ['\n', '\n']
  return `<${tag}${words}>${open}${inside.join(isText ? '' : '\n')}${close}</${tag}>`
}
