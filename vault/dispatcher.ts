/**
 * One frame of calls in, one frame of answers out, in the order of the calls. Calls of the same
 * operation are decided together; different operations run beside each other.
 */
import { type VaultAnswer, type VaultOperation, vaultOperations } from '@warifu/protocol/vault'
import type { IncomingCall } from './framing.ts'
import type { Outcome } from './operation.ts'
import { operations } from './operations.ts'
import type { World } from './world.ts'

export type Dispatch = (calls: readonly IncomingCall[]) => Promise<VaultAnswer[]>

const isOperation = (name: string): name is VaultOperation => Object.hasOwn(vaultOperations, name)

export function createDispatch(world: World): Dispatch {
  return async (calls) => {
    const groups = Map.groupBy(calls, ({ operation }) => operation)
    const outcomes = new Map<IncomingCall, Outcome>()
    await Promise.all(
      [...groups].map(async ([name, group]) => {
        const results = await runGroup(world, name, group)
        group.forEach((call, i) => {
          const outcome = results[i]
          if (outcome !== undefined) outcomes.set(call, outcome)
        })
      }),
    )
    return calls.map((call) => ({
      id: call.id,
      ...(outcomes.get(call) ?? { ok: false, fault: 'vault_unavailable' }),
    }))
  }
}

async function runGroup(
  world: World,
  name: string,
  calls: readonly IncomingCall[],
): Promise<readonly Outcome[]> {
  if (!isOperation(name)) return calls.map(() => ({ ok: false, refusal: 'request_malformed' }))
  const startedMs = world.nowMs()
  const outcomes = await operations[name].run(
    world,
    calls.map(({ input }) => input),
  )
  const refusals: Record<string, number> = {}
  for (const outcome of outcomes)
    if (!outcome.ok && 'refusal' in outcome)
      refusals[outcome.refusal] = (refusals[outcome.refusal] ?? 0) + 1
  const ms = world.nowMs() - startedMs
  world.log('info', { event: 'calls', operation: name, calls: calls.length, refusals, ms })
  return outcomes
}
