/**
 * Messages that leave the house. A row says so before anything leaves, in the transaction of what
 * it is about; `deliver` hands waiting rows to the messenger and may be called by any process.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Store } from '#store'

export type Message = {
  readonly id: Id<'msg'>
  readonly channel: 'sms'
  readonly recipient: string
  readonly body: string
}

/** The way out of the house. A throw means: not sent, try again later. */
export type Messenger = {
  readonly send: (message: Message) => Promise<void>
}

/** The messengers by the name that the configuration gives. The inbox: the rows themselves. */
export const messengers = {
  inbox: { send: async () => {} },
} as const satisfies Record<string, Messenger>

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
  const waiting = await sql<Message[]>`
    update people.message set lease_ms = ${nowMs + LEASE_MS}
     where id in (select id from people.message
                   where sent_ms is null and lease_ms <= ${nowMs}
                   order by id limit ${BATCH} for update skip locked)
    returning id, channel, recipient, body`
  let sent = 0
  for (const message of waiting) {
    const gone = await messenger.send(message).then(
      () => true,
      () => false,
    )
    if (!gone) continue
    await sql`update people.message set sent_ms = ${nowMs} where id = ${message.id}`
    sent += 1
  }
  return sent
}

export type SentMessage = Message & { readonly sentMs: bigint }
export type MessagePage = {
  readonly limit: number
  readonly before: string | undefined
  readonly to: string | undefined
}

/** What was sent, newest first: the sandbox's inbox. */
export async function listMessages(
  db: Db,
  { limit, before, to }: MessagePage,
): Promise<SentMessage[]> {
  return db<SentMessage[]>`
    select id, channel, recipient, body, sent_ms as "sentMs" from people.message
     where sent_ms is not null
       and (${to ?? null}::text is null or recipient = ${to ?? null})
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
}
