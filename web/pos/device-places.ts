/** Where the shop's entry devices may be: `tcp:HOST:PORT` or `serial:PATH`, with spaces between. */
import type { Place } from '@warifu/sdk/communication-module'

export const placesIn = (text: string): Place[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map(placeIn)

function placeIn(word: string): Place {
  const [, path] = /^serial:(\/.+)$/.exec(word) ?? []
  if (path !== undefined) return { kind: 'serial', path }
  const [, host, digits] = /^tcp:([^:]+):([0-9]{1,5})$/.exec(word) ?? []
  const port = Number(digits)
  if (host !== undefined && port >= 1 && port <= 65535) return { kind: 'tcp', host, port }
  throw new TypeError(`ENTRY_DEVICES: tcp:HOST:PORT or serial:PATH expected, got ${word}`)
}
