/** Handlers of the sandbox's simulated edges: the inbox of messages, and the person who decides. */
import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Issuing } from '#issuing'
import type { People, SentMessage } from '#people'
import { applicationObject } from './application-object.ts'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = {
  readonly issuing: Pick<Issuing, 'decideByPerson'>
  readonly people: Pick<People, 'messages'>
  readonly livemode: boolean
}

export const sandboxHandlers = (rooms: Rooms): Handlers<'listInbox' | 'decideApplication'> => ({
  listInbox: async ({ query }) =>
    done(
      await pageOf('/v1/test/inbox', query, async (page) =>
        (await rooms.people.messages({ ...page, to: query.to })).map(messageObject),
      ),
    ),
  decideApplication: async ({ params, body, nowMs }) => {
    const decided = await rooms.issuing.decideByPerson(params.id, body, nowMs)
    return decided.ok ? done(applicationObject(decided.value, rooms.livemode)) : decided
  },
})

const messageObject = (message: SentMessage): Reply<'listInbox'>['data'][number] => ({
  id: message.id,
  object: 'message',
  channel: message.channel,
  to: message.recipient,
  text: message.body,
  sent_at: new Date(Number(message.sentMs)).toISOString(),
})
