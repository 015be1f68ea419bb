/**
 * Applications that wait for the bureau. A row says that it is asked before it is; whoever dies
 * meanwhile leaves the row to the next process. After the last try the rules decide without it:
 * they know that it could not be reached.
 */
import type { Id } from '@warifu/protocol/ids'
import { stateAt } from './application.ts'
import { decideByRules, lockWithProgram } from './decision.ts'
import type { Needs } from './needs.ts'
import type { Report } from './rules.ts'

const LEASE_MS = 5_000
/** Between a try that failed and the next. */
const AGAIN_MS = 500
const TRIES = 2
const BATCH = 20
const unreachable: Report = { bureau: 'unreachable', score: null, debt: null }

type Due = {
  readonly id: Id<'app'>
  readonly name: string
  readonly birthDate: string
  readonly tries: number
}

/** Asks for all that wait; answers with how many were decided. */
export async function consult(needs: Needs, nowMs: number): Promise<number> {
  const due = await needs.store.sql<Due[]>`
    update issuing.application set ask_lease_ms = ${nowMs + LEASE_MS}, asks = asks + 1
     where id in (select id from issuing.application
                   where state = 'deciding' and ask_lease_ms <= ${nowMs}
                   order by created_ms limit ${BATCH} for update skip locked)
    returning id, facts->>'name' as name, facts->>'birth_date' as "birthDate", asks as tries`
  const decided = await Promise.all(due.map((one) => ask(needs, one, nowMs)))
  return decided.filter(Boolean).length
}

async function ask(needs: Needs, due: Due, nowMs: number): Promise<boolean> {
  const { id, name, birthDate, tries } = due
  const heard = await needs.creditBureau({ reference: id, name, birthDate }).catch(() => undefined)
  const report = heard ?? (tries >= TRIES ? unreachable : undefined)
  if (report === undefined) {
    await needs.store.sql`
      update issuing.application set ask_lease_ms = ${nowMs + AGAIN_MS} where id = ${id}`
    return false
  }
  return needs.store.transaction(async (tx) => {
    const { application, program } = await lockWithProgram(tx, id)
    if (stateAt(application, nowMs) !== 'deciding') return false
    await tx`update issuing.application set report = ${tx.json(report)} where id = ${id}`
    await decideByRules(needs, tx, { application, program, report, nowMs })
    return true
  })
}
