/**
 * Messages that leave the house. A row says so before anything leaves, in the transaction of what
 * it is about; `deliver` hands waiting rows to the messenger and may be called by any process.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Store } from '#store'

export type Message = {
  readonly id: Id<'msg'>
  /** Written, or spoken by a machine that calls (ARS). */
  readonly channel: 'sms' | 'voice'
  readonly recipient: string
  readonly body: string
}

/** The way out of the house. A throw means: not taken, try again later. */
export type Messenger = {
  readonly send: (message: Message) => Promise<void>
  /** After so many a message is given up. */
  readonly tries: number
}

export async function queueMessage(db: Db, message: Message, nowMs: number): Promise<void> {
  const { id, channel, recipient, body } = message
  await db`
    insert into people.message (id, channel, recipient, body, created_ms)
    values (${id}, ${channel}, ${recipient}, ${body}, ${nowMs})`
}

const LEASE_MS = 30_000
const BATCH = 20

/** Sends what waits; answers with how many left. A message that fails waits for its lease's end. */
export async function deliver(
  { sql }: Store,
  messenger: Messenger,
  nowMs: number,
): Promise<number> {
  const waiting = await sql<(Message & { tries: number })[]>`
    update people.message set lease_ms = ${nowMs + LEASE_MS}, tries = tries + 1
     where id in (select id from people.message
                   where sent_ms is null and failed_ms is null and lease_ms <= ${nowMs}
                   order by id limit ${BATCH} for update skip locked)
    returning id, channel, recipient, body, tries`
  let sent = 0
  for (const { tries, ...message } of waiting) {
    const gone = await messenger.send(message).then(
      () => true,
      () => false,
    )
    if (gone) await sql`update people.message set sent_ms = ${nowMs} where id = ${message.id}`
    else if (tries >= messenger.tries)
      await sql`update people.message set failed_ms = ${nowMs} where id = ${message.id}`
    sent += Number(gone)
  }
  return sent
}

/** The sandbox's provider takes a message: once, whoever sends it again. */
export async function receiveMessage(db: Db, message: Message, nowMs: number): Promise<void> {
  const { id, channel, recipient, body } = message
  await db`
    insert into people.inbox (id, channel, recipient, body, received_ms)
    values (${id}, ${channel}, ${recipient}, ${body}, ${nowMs}) on conflict do nothing`
}

export type SentMessage = Message & { readonly sentMs: bigint }
export type MessagePage = {
  readonly limit: number
  readonly before: string | undefined
  readonly to: string | undefined
}

/** What the sandbox's provider received, newest first: its inbox. */
export async function listMessages(
  db: Db,
  { limit, before, to }: MessagePage,
): Promise<SentMessage[]> {
  return db<SentMessage[]>`
    select id, channel, recipient, body, received_ms as "sentMs" from people.inbox
     where (${to ?? null}::text is null or recipient = ${to ?? null})
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
}
