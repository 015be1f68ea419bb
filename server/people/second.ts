/**
 * The second person. An act above a threshold waits until another operator asks for the very same
 * act (same subject, same content by digest); the yes is used once, in the act's transaction.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'

/** How long an act waits for its second person. */
export const SECOND_MS = 24 * 60 * 60 * 1000

export type Act = {
  /** For the row, where this is the first person. */
  readonly id: Id<'req'>
  readonly act: string
  readonly subject: string
  /** What is to be done; strings, whole numbers and nulls. Never a secret. */
  readonly content: { readonly [name: string]: string | number | null }
  readonly by: Id<'opr'>
  readonly nowMs: number
}

export type Waiting = {
  readonly act: string
  readonly subject: string
  readonly content: Act['content']
  readonly by: Id<'opr'>
  readonly askedMs: bigint
  readonly deadlineMs: bigint
}

/**
 * Undefined where a second person has now agreed: the act is to be carried out. Else what waits:
 * the row just made, or the one that stands. Another content takes the place of what the same
 * person asked before; somebody else's question is never overwritten.
 */
export async function askSecond(tx: Tx, asked: Act): Promise<Waiting | undefined> {
  const { act, subject, by, nowMs } = asked
  await tx`
    delete from people.second
     where act = ${act} and subject = ${subject} and approved_by is null and refused_by is null
       and deadline_ms <= ${nowMs}`
  const digest = createHash('sha256').update(jcsBytes(asked.content)).digest()
  await insertIfNone(tx, asked, digest)
  const [open] = await tx<{ by: Id<'opr'>; digest: Uint8Array }[]>`
    select by, digest from people.second
     where act = ${act} and subject = ${subject} and approved_by is null and refused_by is null
       for update`
  // Whoever agreed in between has used up the question: this is the first person of another.
  if (open === undefined) return askSecond(tx, asked)
  if (open.by !== by && timingSafeEqual(open.digest, digest)) {
    await tx`
      update people.second set approved_by = ${by}, approved_ms = ${nowMs}
       where act = ${act} and subject = ${subject} and approved_by is null and refused_by is null`
    return undefined
  }
  if (open.by === by)
    await tx`
      update people.second
         set digest = ${digest}, content = ${tx.json(asked.content)}, asked_ms = ${nowMs},
             deadline_ms = ${nowMs + SECOND_MS}
       where act = ${act} and subject = ${subject} and approved_by is null and refused_by is null`
  const waiting = await waitingFor(tx, { act, subject, nowMs })
  if (waiting === undefined) throw new Error('what was just asked is not there')
  return waiting
}

async function insertIfNone(tx: Tx, asked: Act, digest: Uint8Array): Promise<void> {
  const { id, act, subject, content, by, nowMs } = asked
  await tx`
    insert into people.second (id, act, subject, digest, content, by, asked_ms, deadline_ms)
    values (${id}, ${act}, ${subject}, ${digest}, ${tx.json(content)}, ${by}, ${nowMs},
            ${nowMs + SECOND_MS})
    on conflict (act, subject) where approved_by is null and refused_by is null do nothing`
}

type About = Pick<Act, 'act' | 'subject' | 'nowMs'>

/** The act on this subject that waits for a second person. */
export async function waitingFor(
  db: Db,
  { act, subject, nowMs }: About,
): Promise<Waiting | undefined> {
  const [row] = await db<Waiting[]>`
    select act, subject, content, by, asked_ms as "askedMs", deadline_ms as "deadlineMs"
      from people.second
     where act = ${act} and subject = ${subject} and approved_by is null and refused_by is null
       and deadline_ms > ${nowMs}`
  return row
}
