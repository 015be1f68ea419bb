/** What waits for a person of the issuer, as they read it. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Applicant } from '@warifu/protocol/objects'
import { type Waiting, waitingFor } from '#people'
import type { Db } from '#store'
import type { Needs } from './needs.ts'
import { noteReading } from './reviewing.ts'
import type { Decision, Report } from './rules.ts'
import {
  type Detail,
  type LogRow,
  logOf,
  readVerification,
  type VerificationView,
  viewOf,
} from './verification.ts'

type Row = {
  readonly kind: 'application' | 'document'
  readonly application: Id<'app'>
  readonly verification: Id<'ver'> | null
  readonly sinceMs: bigint
  readonly program: Id<'prg'>
  readonly programName: string
  readonly currency: string
  readonly secondAbove: bigint | null
  readonly facts: Applicant
  readonly decision: Decision | null
  readonly report: Report | null
  readonly detail: Detail | null
}
export type ReviewView = Row & { readonly waiting: Waiting | null }

const MOST = 200

/** Applications and documents, oldest first. */
export async function listReviews(db: Db, nowMs: number): Promise<ReviewView[]> {
  const rows = await db<Row[]>`
    select w.kind, w.application, w.verification, w.since_ms as "sinceMs", p.id as program,
           p.name as "programName", p.currency, p.second_above as "secondAbove", a.facts,
           a.decision, a.report, w.detail
      from (select 'application' as kind, id as application, null as verification,
                   created_ms as since_ms, null::jsonb as detail
              from issuing.application
             where state = 'in_review' and deadline_ms > ${nowMs}
            union all
            select 'document', application, id, created_ms, detail
              from issuing.verification where state = 'in_review') w
      join issuing.application a on a.id = w.application and a.deadline_ms > ${nowMs}
      join issuing.program p on p.id = a.program
     where w.kind = 'application' or a.state = 'submitted'
     order by w.since_ms, w.application limit ${MOST}`
  const waits = (subject: string) => waitingFor(db, { act: 'application.decide', subject, nowMs })
  return Promise.all(
    rows.map(async (row) => ({ ...row, waiting: (await waits(row.application)) ?? null })),
  )
}

type Reading = { readonly id: Id<'ver'>; readonly by: Id<'opr'>; readonly nowMs: number }
export type LogView = {
  readonly verification: VerificationView
  readonly detail: Detail
  readonly log: readonly LogRow[]
}

/** One try with its log; that somebody read it is the log's last line. */
export async function readLog(
  { store }: Needs,
  { id, by, nowMs }: Reading,
): Promise<Answer<LogView>> {
  return store.transaction(async (tx): Promise<Answer<LogView>> => {
    const found = await readVerification(tx, id)
    if (found === undefined) return refused('not_found')
    await noteReading(tx, id, by, nowMs)
    const log = await logOf(tx, id)
    return done({ verification: viewOf(found, nowMs), detail: found.detail, log })
  })
}
