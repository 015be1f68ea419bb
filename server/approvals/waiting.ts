/** What is waited for: that a terminal says it was shown, and that a person answers in time. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { doEach, type Tx } from '#store'
import type { TerminalCall } from '#terminals'
import type { AnswerNeeds } from './answering.ts'
import { close, tellEnded } from './opening.ts'
import type { GoOn } from './resume.ts'
import { type ApprovalRow, readApproval } from './row.ts'

type Receiving = {
  readonly approval: Id<'apr'>
  readonly requestId: Id<'req'>
  readonly nowMs: number
}
type Received = { readonly row: ApprovalRow; readonly goOn: Answer<GoOn> | undefined }

/** The terminal signs that the question was shown; the signed request is kept as evidence. */
export function receiveApproval(
  needs: AnswerNeeds,
  call: TerminalCall,
  { approval, requestId, nowMs }: Receiving,
): Promise<Answer<ApprovalRow>> {
  const work = {
    gather: async () => {
      const row = await readApproval(needs.store.sql, approval, call.terminal)
      if (row === undefined) return refused('not_found')
      const heard = { said: 'received', suspend: false, requestId, request: undefined } as const
      const isPayment = row.kind === 'payment'
      const told = { approval: row, ...heard, nowMs }
      return done({ row, goOn: isPayment ? await needs.resume.payment(told) : undefined })
    },
    record: async (tx: Tx, { row, goOn }: Received) => {
      await tx`
        update approvals.approval set received_ms = coalesce(received_ms, ${nowMs})
         where lane = ${laneOf(approval)} and id = ${approval}`
      await stopWaiting(tx, { approval, what: 'receipt' })
      if (goOn?.ok) await goOn.value(tx)
      return done(row)
    },
  }
  return needs.once(call, work, nowMs)
}

type Waiting = { readonly approval: Id<'apr'>; readonly what: 'receipt' | 'answer' }
const BATCH = 100

/** Takes the row that waits; false where another process took it, or nothing waited. */
async function stopWaiting(tx: Tx, { approval, what }: Waiting): Promise<boolean> {
  const gone = await tx`
    delete from approvals.waiting
     where lane = ${laneOf(approval)} and approval = ${approval} and what = ${what}`
  return gone.count > 0
}

/** Does what is due at `nowMs`. Safe on every process at once. */
export async function tick(needs: AnswerNeeds, nowMs: number): Promise<void> {
  const due = await needs.store.sql<Waiting[]>`
    select approval, what from approvals.waiting
     where due_ms <= ${nowMs} order by due_ms limit ${BATCH}`
  await doEach(due, (waiting) => act(needs, waiting, nowMs))
}

async function act(needs: AnswerNeeds, waiting: Waiting, nowMs: number): Promise<void> {
  const { store, resume, mint } = needs
  const approval = await readApproval(store.sql, waiting.approval)
  const said = waiting.what === 'receipt' ? 'undeliverable' : 'expired'
  const by = { requestId: mint('req'), request: undefined }
  const heard = { said, suspend: false, ...by, nowMs } as const
  const goOn =
    approval?.state === 'pending' ? await resume[approval.kind]({ approval, ...heard }) : undefined
  await store.transaction(async (tx) => {
    if (!(await stopWaiting(tx, waiting))) return
    if (approval !== undefined && goOn?.ok) await goOnAfter(tx, needs, { approval, heard, goOn })
  })
}

type GoingOn = {
  readonly approval: ApprovalRow
  readonly heard: { readonly said: 'undeliverable' | 'expired'; readonly nowMs: number }
  readonly goOn: { readonly value: GoOn }
}

async function goOnAfter(
  tx: Tx,
  needs: AnswerNeeds,
  { approval, heard: { said, nowMs }, goOn }: GoingOn,
): Promise<void> {
  if (said === 'expired') {
    const ended = await close(tx, { approval: approval.id, state: 'expired', nowMs })
    if (ended === undefined) return
    await tellEnded(tx, needs, ended, nowMs)
  }
  await goOn.value(tx)
}
