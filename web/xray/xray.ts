/**
 * The X-ray of a payment: its timeline as a sequence diagram of the parties, with what each could
 * read. Pure, so that a page, a file of the docs and a test draw the same; `@warifu/web/xray-view`
 * shows it on a page.
 */
export { draw, labelOf, summaryOf, timeText } from './drawing.ts'
export type { Paint, Role, SvgElement } from './elements.ts'
export {
  type Arrow,
  type Chip,
  type Column,
  type Place,
  type Reading,
  type Sealed,
  type Xray,
  xrayOf,
} from './model.ts'
export { type Shade, svgText } from './svg.ts'
export { type XrayWords, xrayRows, xrayWords } from './words.ts'
