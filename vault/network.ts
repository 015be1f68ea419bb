/**
 * A number outside our ranges, asked of the network connector (S4, "Any company's card"). The
 * entry device's message is the order: amount, currency and merchant are what its MAC covers, and
 * its digest is the reference. That we ask is written down before, the answer after; an answer
 * that never came is asked for again under the same reference, or reversed by `sweepNetwork`.
 */
import type { Id } from '@warifu/protocol/ids'
import type { NetworkOutcome, VaultInput } from '@warifu/protocol/vault'
import type { Authorisation, Connector } from './connector.ts'
import { readEntered } from './entry-data.ts'
import { readIssued } from './entry-keys.ts'
import { type Envelope, openEnvelope, readEnvelope } from './entry-message.ts'
import type { Hierarchy } from './hierarchy.ts'
import { openEntries } from './open-entry.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

type Call = VaultInput<'authorize_network'>
type Said = Answer<'authorize_network'>

/** How long an answer is waited for before what was asked is reversed. */
const SILENCE_MS = 120_000

type State = 'asked' | 'reversing' | 'reversed' | Exclude<NetworkOutcome, 'network_timeout'>

export async function authorizeNetwork(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Said[]> {
  const opened = await openEntries(world, sql, calls)
  return Promise.all(
    calls.map(async ({ message }, i): Promise<Said> => {
      const found = opened[i]
      if (found === undefined) throw new Error('fewer answers than messages')
      if (!found.ok) return found
      const { connector } = world
      // A PIN is translated for no other company, and so never dropped in silence.
      if (connector === undefined || message.pin_block !== null) return no('network_absent')
      if (found.value.card !== null) return no('network_absent')
      const envelope = readEnvelope(message)
      if (envelope === undefined) return no('entry_invalid')
      return authorize({ world, sql, connector, envelope })
    }),
  )
}

type Order = {
  readonly world: World
  readonly sql: Sql
  readonly connector: Connector
  readonly envelope: Envelope
}

async function authorize({ world, sql, connector, envelope }: Order): Promise<Said> {
  const { amount, currency, merchant, purpose } = envelope.message.context
  if (purpose !== 'payment' || amount === null || currency === null) return no('entry_mismatch')
  const issued = (await readIssued(sql, [envelope.keyId])).get(envelope.keyId)
  if (issued === undefined) return no('device_unknown')
  const opened = openEnvelope(envelope, world.entryKeys.initialKey(issued).keysOf)
  if (opened === undefined) return no('entry_invalid')
  try {
    const entered = readEntered(opened.plain)
    if (entered === undefined) return no('entry_invalid')
    const { pan, expires, code: securityCode, chip } = entered
    const reference = envelope.digest.toString('base64url')
    const card = { expires, securityCode, chip, pan }
    const asked = { reference, amount, currency, merchant, ...card }
    const state = await ask({ world, sql, connector }, envelope.digest, asked)
    if (state === 'asked') return no('network_silent')
    const outcome = state === 'reversing' || state === 'reversed' ? 'network_timeout' : state
    const card_reference = referenceOf(world.hierarchy, merchant, pan)
    return yes({ outcome, card: card_reference, last4: pan.slice(-4) })
  } finally {
    opened.close()
  }
}

/** Each statement commits by itself: what was asked is known, whoever dies in between. */
async function ask(
  { world, sql, connector }: Omit<Order, 'envelope'>,
  digest: Buffer,
  asked: Authorisation,
): Promise<State> {
  const mayAsk = await sql`
    insert into network.authorization (digest, state, asked_at_ms)
    values (${digest}, 'asked', ${world.nowMs()})
    on conflict (digest) do update set asked_at_ms = excluded.asked_at_ms
      where network.authorization.state = 'asked'
    returning state`
  if (mayAsk.length === 1) {
    const decision = await connector.authorize(asked)
    if (decision !== 'silent')
      await sql`
        update network.authorization set state = ${decision}
         where digest = ${digest} and state = 'asked'`
  }
  const [row] = await sql<{ state: State }[]>`
    select state from network.authorization where digest = ${digest}`
  if (row === undefined) throw new Error('an authorisation that was asked for is gone')
  return row.state
}

/** Reverses what was asked and never answered; asked again after that, it is `network_timeout`. */
export async function sweepNetwork({ connector, store, nowMs }: World): Promise<void> {
  if (connector === undefined) return
  await store`
    update network.authorization set state = 'reversing'
     where state = 'asked' and asked_at_ms < ${nowMs() - SILENCE_MS}`
  const rows = await store<{ digest: Uint8Array }[]>`
    select digest from network.authorization where state = 'reversing' limit 100`
  for (const { digest } of rows)
    if (await connector.reverse(Buffer.from(digest).toString('base64url')))
      await store`update network.authorization set state = 'reversed' where digest = ${digest}`
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** One name for one number at one merchant: 130 bits of a keyed hash, in the form of an id. */
function referenceOf(hierarchy: Hierarchy, merchant: string, pan: string): Id<'ncr'> {
  const mac = hierarchy.mac('pan-index', `netref/1${merchant}/${pan}`)
  return `ncr_${[...mac.subarray(0, 26)].map((byte) => alphabet[byte & 31]).join('')}`
}
