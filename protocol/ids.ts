/**
 * Ids: a prefix that tells the kind, then 26 Crockford base-32 characters that sort by time.
 *
 *   pay_ 0DGX9T4K2R 7Q0M3V5C8Z1B4F 0K
 *        time (ms)  chance (70 bits) lane
 *
 * The last two characters carry the lane (docs: ARCHITECTURE.md, "Lanes"), so that a row is found
 * without a directory. An id is a name, never a secret: what must not be guessed is a secret of
 * its own beside it.
 */
import { Type } from 'typebox'

// biome-ignore format: a table reads by its columns
export const kinds = {
  cardholder: 'chl',
  operator: 'opr',
  credential: 'psk',
  registration: 'reg',
  session: 'ses',
  terminal: 'trm',
  program: 'prg',
  application: 'app',
  verification: 'ver',
  account: 'acc',
  card: 'crd',
  installation: 'ins',
  merchant: 'mer',
  store: 'str',
  apiKey: 'key',
  entryDevice: 'edv',
  networkCard: 'ncr',
  proximityDevice: 'pxd',
  reader: 'rdr',
  sim: 'sim',
  plastic: 'pls',
  bureau: 'bur',
  token: 'tok',
  mandate: 'mdt',
  payment: 'pay',
  approval: 'apr',
  capture: 'cap',
  refund: 'ref',
  increment: 'inc',
  sale: 'sal',
  settlement: 'stl',
  payout: 'pyo',
  adjustment: 'adj',
  repayment: 'rpy',
  statement: 'stm',
  reconciliation: 'rcn',
  difference: 'dif',
  merchantUser: 'usr',
  act: 'act',
  event: 'evt',
  webhookEndpoint: 'whe',
  request: 'req',
  message: 'msg',
  savedFilter: 'flt',
} as const

export type Prefix = (typeof kinds)[keyof typeof kinds]
export type Id<P extends Prefix> = `${P}_${string}`

/** How many lanes there are; a lane is 0 … LANES-1. Fixed for the life of a database. */
export const LANES = 64

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const pattern = (prefix: string) => `^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`

/** The schema of an id of one kind, for the contract. */
export const idOf = <P extends Prefix>(prefix: P) =>
  Type.Unsafe<Id<P>>({ type: 'string', pattern: pattern(prefix) })

/** True where `text` is a well-formed id with this prefix. */
export const isId = <P extends Prefix>(prefix: P, text: string): text is Id<P> =>
  (expressions.get(prefix) ?? kept(prefix)).test(text)

/** Made once for each kind: an id is looked at several times for every request. */
const expressions = new Map<string, RegExp>()
function kept(prefix: string): RegExp {
  const expression = new RegExp(pattern(prefix))
  expressions.set(prefix, expression)
  return expression
}

export type IdParts<P extends Prefix> = {
  readonly prefix: P
  readonly lane: number
  readonly nowMs: number
  /** 14 bytes of chance; the low five bits of each are used. */
  readonly chance: Uint8Array
}

const codeOf = (value: number): number => alphabet.charCodeAt(value)

/** Makes an id out of its parts. Pure: the caller brings time and chance. */
export function mintId<P extends Prefix>({ prefix, lane, nowMs, chance }: IdParts<P>): Id<P> {
  if (!Number.isInteger(lane) || lane < 0 || lane >= 1024) throw new RangeError('lane: 0 to 1023')
  if (chance.length < 14) throw new RangeError('chance: at least 14 bytes')
  const letters = new Array<number>(26)
  for (let rest = nowMs, i = 9; i >= 0; i -= 1, rest = Math.floor(rest / 32))
    letters[i] = codeOf(rest % 32)
  for (let i = 0; i < 14; i += 1) letters[10 + i] = codeOf((chance[i] ?? 0) % 32)
  letters[24] = codeOf(lane >> 5)
  letters[25] = codeOf(lane % 32)
  return `${prefix}_${String.fromCharCode(...letters)}`
}

/** The lane that an id carries in its last two characters. */
export function laneOf(id: string): number {
  const high = alphabet.indexOf(id.charAt(id.length - 2))
  const low = alphabet.indexOf(id.charAt(id.length - 1))
  if (high < 0 || low < 0) throw new RangeError('not an id with a lane')
  return high * 32 + low
}

/** The time inside an id, in milliseconds since 1970. */
export function timeOf(id: string): number {
  let time = 0
  for (const letter of id.slice(id.indexOf('_') + 1, id.indexOf('_') + 11))
    time = time * 32 + alphabet.indexOf(letter)
  return time
}

/** Sorts before every id of a kind that was made at an instant or later, after all others. */
export const firstIdAt = (prefix: Prefix, ms: number): string =>
  mintId({ prefix, lane: 0, nowMs: ms, chance: new Uint8Array(14) }).slice(0, -16)

/** Makes ids with the process's clock and chance; lane 0 where none is told. */
export type Mint = <P extends Prefix>(prefix: P, lane?: number) => Id<P>
