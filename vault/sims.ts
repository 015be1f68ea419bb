/**
 * SIMs in use: a terminal links one (its own signature, its owner's passkey, the SIM's answer, the
 * bridge's key from then on), and a SIM is forgotten. An operator admits SIMs (operator-acts.ts).
 */
import { linkSimBody } from '@warifu/protocol/sim'
import type { VaultInput } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import { moveHome } from './homes.ts'
import { type PublicKey, readPublicJwk } from './public-key.ts'
import { readSenders, type Sender } from './senders.ts'
import { readSims, type SimRow } from './sim-rows.ts'
import { verifyTerminal, voucherRefusal } from './sim-voucher.ts'
import type { Sql } from './store.ts'
import { admitWaiting } from './terminals.ts'
import { type Answer, no, type RefusalOf, type World, yes } from './world.ts'

type Call = VaultInput<'link_sim'>

const bodyShape = Compile(linkSimBody)
const linking = {
  path: /^\/v1\/sims$/,
  read: (body: unknown) => (bodyShape.Check(body) ? body : undefined),
  // SIM and PIN stand for the yes of the phone that the card comes from.
  orWaiting: true,
}

/** How far the instant in a link may be from our clock: it stands for the person's yes, now. */
const FRESH_MS = 5 * 60 * 1000

export async function linkSims(
  world: World,
  sql: Sql,
  calls: readonly Call[],
): Promise<Answer<'link_sim'>[]> {
  const senders = await readSenders(
    world,
    sql,
    calls.map(({ terminal }) => terminal),
  )
  const answers: Answer<'link_sim'>[] = []
  for (const call of calls)
    answers.push(await linkSim({ world, sql, call }, senders.get(call.terminal)))
  return answers
}

type Linking = { readonly world: World; readonly sql: Sql; readonly call: Call }

async function linkSim(
  { world, sql, call }: Linking,
  sender: Sender | undefined,
): Promise<Answer<'link_sim'>> {
  const sent = verifyTerminal(world, call.request, sender, linking)
  if (!sent.ok) return sent
  const { statement, voucher } = sent.value.body
  const { cardholder } = sent.value.sender
  const bridge = readPublicJwk(statement.bridge_key)
  const isNow = Math.abs(Date.parse(statement.at) - world.nowMs()) <= FRESH_MS
  if (statement.terminal !== call.terminal || bridge === undefined || !isNow)
    return no('statement_invalid')
  const sim = (await readSims(sql, [statement.iccid])).get(statement.iccid)
  if (sim?.cardholder !== cardholder) return no('sim_unknown')
  if (sim.state !== 'personalised') return no('sim_not_active')
  const { iccid } = sim
  const vouching = { label: 'link', statement, voucher, iccid, bridge: bridge.point } as const
  const refusal = voucherRefusal(world, vouching)
  if (refusal !== undefined) return no(refusal)
  const { card } = statement
  if (card !== null && !sim.records.some((record) => record.card === card))
    return no('card_unknown')
  await keepBridge({ world, sql, call }, sim, bridge)
  const { terminal } = call
  await admitWaiting(sql, terminal)
  if (card !== null) await moveHome(sql, { card, terminal })
  return yes({ sim: sim.sim, cardholder, terminal, bridge: bridge.thumbprint, moves: card })
}

/** The newest bridge of a terminal takes the place of the one before. */
async function keepBridge(
  { world, sql, call }: Linking,
  { sim }: SimRow,
  { point, thumbprint }: PublicKey,
): Promise<void> {
  await sql`
    insert into sims.bridge (sim, terminal, thumbprint, point, linked_at_ms)
    values (${sim}, ${call.terminal}, ${thumbprint}, ${point}, ${world.nowMs()})
    on conflict (sim, terminal) do update
      set thumbprint = excluded.thumbprint, point = excluded.point,
          linked_at_ms = excluded.linked_at_ms`
}

export type LinkRefusal = RefusalOf<'link_sim'>

/** Nothing that it sends is opened again. */
export async function removeSims(
  _world: World,
  sql: Sql,
  inputs: readonly VaultInput<'remove_sim'>[],
): Promise<Answer<'remove_sim'>[]> {
  const ids = inputs.map(({ sim }) => sim)
  const moved = await sql<{ sim: string }[]>`
    update sims.sim set state = 'removed' where sim = any(${ids}) returning sim`
  const known = new Set(moved.map(({ sim }) => sim))
  return inputs.map(({ sim }) => (known.has(sim) ? yes({ sim }) : no('sim_unknown')))
}
