/** Handlers: SIMs that pay. */
import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Devices, Sim } from '#devices'
import { shownAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly devices: Devices
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

export const simHandlers = ({ devices: { sims }, terminals, livemode }: Rooms) => {
  const show =
    (terminal: Id<'trm'>) =>
    ({ id, iccidLast4, state, createdMs, cards, terminals }: Sim): Reply<'linkSim'> => ({
      id,
      object: 'sim',
      livemode,
      created_at: new Date(Number(createdMs)).toISOString(),
      iccid_last4: iccidLast4,
      status: state,
      linked: terminals.includes(terminal),
      cards: cards.map((card) => ({ ...card })),
    })
  return {
    listSims: async ({ caller: { call } }) => {
      const data = (await sims.list(call.cardholder)).map(show(call.terminal))
      return done({ object: 'list', url: '/v1/sims', has_more: false, next_cursor: null, data })
    },
    linkSim: async ({ caller: { call }, nowMs }) =>
      terminals.once(call, shownAs(sims.link({ call, nowMs }), show(call.terminal)), nowMs),
    personaliseSim: async ({ params: { id }, body, nowMs }) => {
      const { session, iccid_last4: iccidLast4, cards, answers } = body
      const asked = { sim: id, session, iccidLast4, cards, answers, nowMs }
      const answer = await sims.personalise(asked)
      return answer.ok
        ? done({ object: 'sim_personalisation' as const, sim: id, ...answer.value })
        : answer
    },
  } satisfies Partial<Handlers>
}
