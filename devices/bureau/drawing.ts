/** A plastic card as a picture: ID-1 (ISO/IEC 7810: 85.60 × 53.98 mm), front and back, as SVG. */
import type { PlasticJob } from '@warifu/protocol/plastic'

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)

const grouped = (pan: string): string => pan.replace(/(.{4})(?=.)/g, '$1 ')
const shownExpiry = (expiry: string): string => `${expiry.slice(2)}/${expiry.slice(0, 2)}`

const text = (x: number, y: number, size: number, words: string): string =>
  `<text x="${x}" y="${y}" font-size="${size}">${escaped(words)}</text>`

/** The chip's contacts, where ISO/IEC 7816-2 puts them. */
const chip =
  '<rect x="10.25" y="19.2" width="12.5" height="10.5" rx="1.4" fill="#d9b85c"/>' +
  '<path d="M10.25 24.45h12.5M14.4 19.2v10.5M18.6 19.2v10.5" stroke="#8a6d1f" stroke-width=".25"/>'

export function drawCard({ pan, expiry, name, security_code }: PlasticJob): string {
  const front = [
    '<rect width="85.6" height="53.98" rx="3.18" fill="#1f3d36"/>',
    chip,
    text(8, 12, 5, 'WARIFU'),
    text(8, 38, 5.6, grouped(pan)),
    text(38, 44, 3, `GOOD THRU ${shownExpiry(expiry)}`),
    text(8, 50, 3.4, name),
  ]
  const back = [
    '<rect width="85.6" height="53.98" rx="3.18" fill="#1f3d36"/>',
    '<rect y="4.4" width="85.6" height="12.7" fill="#0b0f0e"/>',
    '<rect x="6" y="21" width="50" height="8" fill="#f4f1e8"/>',
    `<g>${text(58, 27, 4.2, security_code)}</g>`,
    text(6, 48, 2.6, 'SIMULATOR. A card of a sandbox: it pays nowhere else.'),
  ]
  const sides = `<g>${front.join('')}</g><g transform="translate(0 58)">${back.join('')}</g>`
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 85.6 112" width="856" height="1120" ' +
    `role="img" aria-label="Plastic card"><title>Plastic card ending ${pan.slice(-4)}</title>` +
    `<g font-family="monospace" fill="#f4f1e8">${sides}</g></svg>\n`
  )
}
