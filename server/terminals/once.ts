/**
 * A terminal's write happens once. What can be read or asked of the vault is gathered first,
 * outside any transaction; then one transaction takes the counter, records, and keeps the answer.
 * Same counter and same bytes: the first answer. Same counter, other bytes: the wallet was copied,
 * and the terminal is suspended.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { append } from '#events'
import type { Db, Tx } from '#store'
import type { TerminalCall } from './call.ts'
import { letIn } from './moving.ts'
import type { Needs } from './needs.ts'

/** One piece of work. What `record` wrote stays, also where it then answers with a refusal. */
export type Work<G, T> = {
  /** Reads and idempotent calls. It may run more than once for one counter, or for none taken. */
  readonly gather: () => Promise<Answer<G>>
  readonly record: (tx: Tx, gathered: G) => Promise<Answer<T>>
  /** What was gathered lets a phone in that waits: it becomes active with the record. */
  readonly letsIn?: true
}

/** The same work with its answer shown in another form: the one that is kept. */
export const shownAs = <G, T, R>(work: Work<G, T>, show: (value: T) => R): Work<G, R> => ({
  gather: work.gather,
  record: async (tx, gathered) => {
    const answer = await work.record(tx, gathered)
    return answer.ok ? done(show(answer.value)) : answer
  },
  ...(work.letsIn === true ? { letsIn: true } : {}),
})

type Turn = { readonly call: TerminalCall; readonly nowMs: number }
type Verdict = 'fresh' | 'replay' | Extract<Refusal, TurnRefusal>
type TurnRefusal =
  | 'terminal_unknown'
  | 'terminal_not_active'
  | 'terminal_replaced'
  | 'terminal_removed'
  | 'counter_forked'
  | 'counter_stale'
type Judged<T> = {
  readonly code: Verdict
  /** The first answer; ours, so its form is not checked again. */
  readonly answer: Answer<T> | null
  readonly cardholder: Id<'chl'> | null
  readonly version: number | null
}

export async function once<G, T>(
  { store, mint }: Pick<Needs, 'store' | 'mint'>,
  turn: Turn,
  work: Work<G, T>,
): Promise<Answer<T>> {
  const { call, nowMs } = turn
  const before = await look<T>(store.sql, call, work.letsIn === true)
  if (before.code === 'replay') return firstAnswer(before)
  // A fork must be taken note of, under the terminal's lock; the others change nothing.
  if (before.code !== 'fresh' && before.code !== 'counter_forked') return refused(before.code)
  const gathered = before.code === 'fresh' ? await work.gather() : undefined
  return store.transaction(async (tx): Promise<Answer<T>> => {
    if (work.letsIn === true && gathered?.ok) await letIn(tx, { mint }, call.terminal, nowMs)
    const judged = await advance<T>(tx, call)
    if (judged.code === 'replay') return firstAnswer(judged)
    if (judged.code === 'counter_forked')
      await tellFork(tx, { ...judged, call, event: mint('evt', laneOf(call.terminal)) }, nowMs)
    if (judged.code !== 'fresh') return refused(judged.code)
    if (gathered === undefined) throw new Error('a forked counter became fresh')
    const answer = gathered.ok ? await work.record(tx, gathered.value) : gathered
    await keepAnswer(tx, turn, answer)
    return answer
  })
}

function firstAnswer<T>({ answer }: Judged<T>): Answer<T> {
  if (answer === null) throw new Error('a counter was taken without an answer')
  return answer
}

/** Judges as `terminals.advance` will, without lock or change: what cannot be fresh stops here. */
async function look<T>(db: Db, call: TerminalCall, letsIn: boolean): Promise<Judged<T>> {
  const { terminal, counter, digest } = call
  const [row] = await db<Judged<T>[]>`
    select case
             when r.digest = ${digest}    then 'replay'
             when t.status = 'replaced'   then 'terminal_replaced'
             when t.status = 'removed'    then 'terminal_removed'
             when t.status <> 'active' and not (${letsIn} and t.status = 'waiting')
                                          then 'terminal_not_active'
             when r.digest is not null    then 'counter_forked'
             when t.counter >= ${counter} then 'counter_stale'
             else 'fresh'
           end as code, r.answer, t.cardholder, t.version
      from terminals.terminal t
      left join terminals.request r
        on r.lane = t.lane and r.terminal = t.id and r.counter = ${counter}
     where t.lane = ${laneOf(terminal)} and t.id = ${terminal}`
  return row ?? { code: 'terminal_unknown', answer: null, cardholder: null, version: null }
}

async function advance<T>(tx: Tx, { terminal, counter, digest }: TerminalCall): Promise<Judged<T>> {
  const [row] = await tx<Judged<T>[]>`
    select code, answer, cardholder, sequence as version
      from unnest(terminals.advance(
        array[row(1, ${laneOf(terminal)}::smallint, ${terminal}::text, ${counter}::bigint,
                  ${digest}::bytea)]::terminals.ask[]))`
  return row ?? { code: 'fresh', answer: null, cardholder: null, version: null }
}

/** The signed request itself is the evidence; it is kept with the answer it got. */
async function keepAnswer(tx: Tx, { call, nowMs }: Turn, answer: unknown): Promise<void> {
  const { terminal, counter, digest, request } = call
  await tx`
    select terminals.keep(
      array[row(${laneOf(terminal)}::smallint, ${terminal}::text, ${counter}::bigint,
                ${digest}::bytea, ${JSON.stringify(request)},
                ${tx.json(JSON.parse(JSON.stringify(answer)))}::jsonb)]::terminals.kept[],
      ${nowMs})`
}

type Fork = Judged<unknown> & { readonly call: TerminalCall; readonly event: Id<'evt'> }

/** The owner is told in the transaction that suspends. */
async function tellFork(tx: Tx, fork: Fork, nowMs: number): Promise<void> {
  const { call, event: id, cardholder: audience, version: sequence } = fork
  if (audience === null || sequence === null) throw new Error('a fork of an unknown terminal')
  const data = { reason: 'counter_forked' }
  const subject = call.terminal
  await append(tx, [{ id, audience, type: 'terminal.suspended', subject, sequence, data }], nowMs)
}
