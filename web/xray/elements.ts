/**
 * A picture as a tree of plain SVG elements. Colours are roles: the page paints them by classes of
 * its style sheet, a file of its own by attributes. So neither needs a style or a script within.
 */
export type Role =
  | 'paper'
  | 'surface'
  | 'wash'
  | 'ink'
  | 'grey'
  | 'line'
  | 'line-strong'
  | 'indigo'
  | 'vermilion'
  | 'crimson'
  | 'amber'

export type Paint = { readonly fill?: Role | 'none'; readonly stroke?: Role }
export type SvgElement = {
  readonly tag: 'svg' | 'g' | 'rect' | 'line' | 'path' | 'circle' | 'text' | 'title' | 'desc'
  readonly attributes: Readonly<Record<string, string | number>>
  readonly paint: Paint
  readonly children: readonly (SvgElement | string)[]
}

export const element = (
  tag: SvgElement['tag'],
  attributes: SvgElement['attributes'],
  paint: Paint = {},
  children: SvgElement['children'] = [],
): SvgElement => ({ tag, attributes, paint, children })

/** Of wide letters (CJK) one em, of others a little more than half: no browser is asked. */
export const widthOf = (text: string, size: number): number => {
  let ems = 0
  for (const letter of text) ems += (letter.codePointAt(0) ?? 0) >= 0x1100 ? 1 : 0.56
  return ems * size
}

/** Words into lines that are no wider than this. */
export function linesOf(text: string, size: number, width: number): string[] {
  const parts = text.split(/(?<=[ ,、：:])/)
  const lines: string[] = []
  let line = ''
  for (const part of parts) {
    if (line !== '' && widthOf(line + part.trimEnd(), size) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += part
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()]
}
