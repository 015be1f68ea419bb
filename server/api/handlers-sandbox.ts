/**
 * Handlers of the sandbox's simulated edges: the provider of messages with its inbox, the credit
 * bureau, and the person who decides.
 */
import type { Body, Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Issuing } from '#issuing'
import type { People, SentMessage } from '#people'
import { applicationObject } from './application-object.ts'
import { cardObject } from './card-object.ts'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = {
  readonly issuing: Pick<Issuing, 'decideByPerson' | 'judgeDocument' | 'fund'>
  readonly people: Pick<People, 'messages' | 'receive'>
  readonly livemode: boolean
}
type Edges =
  | 'listInbox'
  | 'receiveMessage'
  | 'askBureau'
  | 'decideApplication'
  | 'judgeDocumentAlone'
  | 'fundCardAlone'

export const sandboxHandlers = ({ issuing, people, livemode }: Rooms): Handlers<Edges> => ({
  listInbox: async ({ query }) =>
    done(
      await pageOf('/v1/test/inbox', query, async (page) =>
        (await people.messages({ ...page, to: query.to })).map(messageObject),
      ),
    ),
  receiveMessage: async ({ body: { id, channel, to: recipient, text: body }, nowMs }) => {
    await people.receive({ id, channel, recipient, body }, nowMs)
    return done({ taken: true })
  },
  askBureau: async ({ body }) => said(body),
  decideApplication: async ({ params: { id }, body: verdict, nowMs }) => {
    const decided = await issuing.decideByPerson({ id, verdict, by: null, nowMs })
    return decided.ok ? done(applicationObject(decided.value.application, livemode)) : decided
  },
  judgeDocumentAlone: async ({ params: { id }, body, nowMs }) => {
    const judged = await issuing.judgeDocument({ id, ...body, by: null, nowMs })
    return judged.ok ? done(applicationObject(judged.value, livemode)) : judged
  },
  fundCardAlone: async ({ params: { id: card }, body, nowMs }) => {
    const funded = await issuing.fund({ card, ...body, by: null, nowMs })
    return funded.ok ? done(cardObject(funded.value.card, livemode)) : funded
  },
})

/** SIMULATOR of a credit bureau: what it says of somebody stands in their name. */
function said({ name }: Body<'askBureau'>): Answer<Reply<'askBureau'>> {
  const marks = name.toUpperCase()
  if (marks.includes('DOWN')) return refused('network_unavailable')
  if (marks.includes('NOBODY')) return refused('not_found')
  return done({
    score: marks.includes('LOW') ? 310 : 720,
    debt: marks.includes('DEBT') ? 5_000_000 : 120_000,
  })
}

const messageObject = (message: SentMessage): Reply<'listInbox'>['data'][number] => ({
  id: message.id,
  object: 'message',
  channel: message.channel,
  to: message.recipient,
  text: message.body,
  sent_at: new Date(Number(message.sentMs)).toISOString(),
})
