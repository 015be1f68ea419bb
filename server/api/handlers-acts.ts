/**
 * Handlers: acts that wait for a second person. To agree is to ask for the very same: the act is
 * carried out by its own door, with the content that was read, word for word.
 */
import { timingSafeEqual } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId } from '@warifu/protocol/ids'
import {
  type ActKind,
  type OperatorRole,
  secondPersonActs,
} from '@warifu/protocol/operator-objects'
import type { ActRow, ConsolePeople, Operator } from '#people'
import type { Handlers } from './handler.ts'
import { readsNames } from './handlers-console-lists.ts'
import { linkOf } from './handlers-xray.ts'
import { pageOf } from './page.ts'

export type Agreeing = {
  readonly subject: string
  readonly content: ActRow['content']
  readonly by: Id<'opr'>
  readonly nowMs: number
}
/** Does an act, asked for by its second person; refused where it cannot be done any more. */
export type CarryOut = (agreeing: Agreeing) => Promise<Answer<unknown>>

/** What an act is done to, as a second person should know it. */
export type AboutAct = (
  asked: Pick<ActRow, 'act' | 'subject' | 'content'> & { readonly nowMs: number },
) => Promise<Reply<'getAct'>['about']>

type Rooms = {
  readonly consolePeople: ConsolePeople
  readonly aboutAct: AboutAct
  readonly carryOut: Readonly<Record<ActKind, CarryOut>>
  readonly derive: (...words: readonly string[]) => Uint8Array
}
type Shown = Reply<'approveAct'>

const instantOf = (ms: bigint): string => new Date(Number(ms)).toISOString()

const mayAnswer = (act: ActKind, { roles }: Operator): boolean => {
  const wanted: readonly OperatorRole[] = secondPersonActs[act]
  return wanted.some((role) => roles.includes(role))
}

const actObject = (rooms: Rooms, row: ActRow, reader: Operator): Shown => ({
  id: row.id,
  object: 'act',
  act: row.act,
  subject: row.subject,
  content: { ...row.content },
  digest: toBase64url(row.digest),
  status: row.status,
  by: { id: row.by, name: row.byName },
  asked_at: instantOf(row.askedMs),
  deadline_at: instantOf(row.deadlineMs),
  ended_by:
    row.endedBy === null || row.endedByName === null
      ? null
      : { id: row.endedBy, name: row.endedByName },
  ended_at: row.endedMs === null ? null : instantOf(row.endedMs),
  link: linkOfAct(rooms, row),
  approvable: row.status === 'waiting' && row.by !== reader.operator && mayAnswer(row.act, reader),
})

/** Told by the row alone, to whoever may read acts. */
function linkOfAct({ derive }: Rooms, row: ActRow): string | null {
  const { act, status, subject, endedMs, content } = row
  if (act !== 'xray.link' || status !== 'approved' || !isId('pay', subject)) return null
  const untilMs = Number(endedMs) + Number(content['hours']) * HOUR_MS
  return linkOf({ derive }, subject, untilMs)
}
const HOUR_MS = 60 * 60 * 1000

type Names = 'listActs' | 'getAct' | 'approveAct' | 'refuseAct'

export function actHandlers(rooms: Rooms): Handlers<Names> {
  const { consolePeople, aboutAct, carryOut } = rooms
  const open = async (id: Id<'req'>, by: Operator, nowMs: number): Promise<Answer<ActRow>> => {
    const row = await consolePeople.act(id, nowMs)
    if (row === undefined) return refused('not_found')
    if (!mayAnswer(row.act, by)) return refused('role_missing')
    return row.status === 'waiting' ? done(row) : refused('act_over')
  }
  const shown = async (id: Id<'req'>, by: Operator, nowMs: number): Promise<Answer<Shown>> => {
    const row = await consolePeople.act(id, nowMs)
    return row ? done(actObject(rooms, row, by)) : refused('not_found')
  }
  return {
    listActs: async ({ caller, query: { status, act, ...asked }, nowMs }) =>
      done(
        await pageOf('/v1/operator/acts', asked, async (page) =>
          (await consolePeople.acts({ ...page, status, act }, nowMs)).map((row) =>
            actObject(rooms, row, caller),
          ),
        ),
      ),
    getAct: async ({ caller, params: { id }, nowMs }) => {
      const row = await consolePeople.act(id, nowMs)
      if (row === undefined) return refused('not_found')
      const about = await aboutAct({ ...row, nowMs })
      const isTold = row.act !== 'application.decide' || readsNames(caller)
      const name = isTold ? about.name : null
      return done({ ...actObject(rooms, row, caller), about: { ...about, name } })
    },
    approveAct: async ({ caller, params: { id }, body, nowMs }) => {
      const found = await open(id, caller, nowMs)
      if (!found.ok) return found
      const { act, subject, content, digest, by: asker } = found.value
      if (asker === caller.operator) return refused('act_own')
      if (!timingSafeEqual(digest, fromBase64url(body.digest))) return refused('act_changed')
      const carried = await carryOut[act]({ subject, content, by: caller.operator, nowMs })
      if (!carried.ok) return refused('act_failed', carried.refusal)
      // Asked for otherwise in between: that is another question, and it still waits.
      const after = await shown(id, caller, nowMs)
      return after.ok && after.value.status !== 'approved' ? refused('act_changed') : after
    },
    refuseAct: async ({ caller, params: { id }, nowMs }) => {
      const found = await open(id, caller, nowMs)
      if (!found.ok) return found
      const isOver = !(await consolePeople.refuseAct({ id, by: caller.operator }, nowMs))
      return isOver ? refused('act_over') : shown(id, caller, nowMs)
    },
  }
}
