/**
 * The map of the house: which zone and which room may look into which. It is written once, here,
 * read by the laws for imports and for SQL, and drawn in ARCHITECTURE.md.
 *
 * Read it downwards: a room sees only rooms written above it; rooms on one line do not see each
 * other. A room that is not built yet has its place already.
 */

/** The server's rooms, from the ground up. */
// biome-ignore format: a table
export const street: readonly (readonly string[])[] = [
  ['store'],
  ['events', 'vault-client'],
  ['sandbox'],
  ['ledger'],
  ['people', 'merchants'],
  ['terminals'],
  ['approvals'],
  ['issuing'],
  ['provisioning', 'devices', 'tokens'],
  ['presentment'],
  ['payments'],
  ['settlement'],
  ['api'],
  ['pages'],
]

export type MaySee = Readonly<Record<string, readonly string[]>>

const ground = ['protocol', 'crypto']
const rooms = street.flat().map((room) => `server/${room}`)
const drawing = ['web/xray', 'web/kit', 'web/xray-view', 'web/serving']
const pages = [...drawing, 'web/wallet', 'web/pos', 'web/console', 'web/tour']
const house = [...ground, 'vault', ...rooms, 'server', 'sdk', 'devices', ...pages]

/** `server` is what stands at its top: app.ts (all wiring), main.ts and its like. */
// biome-ignore format: a table
export const maySee: MaySee = {
  protocol: [],
  crypto: [],
  vault: ground,
  sdk: ground,
  devices: [...ground, 'sdk'],
  'web/xray': ground,
  'web/kit': [...ground, 'sdk'],
  'web/xray-view': [...ground, 'sdk', 'web/xray', 'web/kit'],
  'web/serving': [],
  // The wallet's page is a terminal; the till has no business with one.
  'web/wallet': [...ground, 'sdk', 'devices', 'web/kit', 'web/serving'],
  'web/pos': [...ground, 'sdk', 'web/kit', 'web/serving'],
  'web/console': [...ground, 'sdk', ...drawing],
  'web/tour': [...ground, 'sdk', ...drawing],
  ...alongTheStreet(),
  // The server's wiring serves the console's files; its rooms know of no page.
  server: [...ground, ...rooms, 'web/console'],
  docs: ['protocol'],
  cli: house,
  bench: [...house, 'cli'],
  test: [...house, 'cli', 'bench'],
}

function alongTheStreet(): MaySee {
  const seen = [...ground]
  const table: Record<string, readonly string[]> = {}
  for (const line of street) {
    for (const room of line) table[`server/${room}`] = [...seen]
    seen.push(...line.map((room) => `server/${room}`))
  }
  return table
}

const isSplit = (zone: string) => zone === 'server' || zone === 'web'

/** The zone or room in which a path stands: `server/ledger`, `vault`; '' at the root. */
export function zoneOf(path: string): string {
  const [zone = '', room, inside] = path.split('/')
  if (room === undefined) return ''
  return isSplit(zone) && inside !== undefined && room !== 'migrations' ? `${zone}/${room}` : zone
}

/** The database schema of a room: its name, as SQL writes it. */
export const schemaOf = (zone: string): string => zone.replace(/^server\//, '').replaceAll('-', '_')

/** Sentences about a table that is no one-way street. */
export function mapFaults(table: MaySee): string[] {
  const faults: string[] = []
  const above = new Set<string>()
  for (const [room, seen] of Object.entries(table)) {
    for (const other of seen)
      if (!above.has(other)) faults.push(`${other} must be written above ${room}, which sees it`)
    above.add(room)
  }
  return faults
}

/** The street as ARCHITECTURE.md must draw it. */
export const drawnStreet = (): string =>
  [ground, ...street, ['app', 'main']].map((line) => line.join(', ')).join(' → ')
