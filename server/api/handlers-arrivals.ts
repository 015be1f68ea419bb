/** Handlers: a further phone of a person. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done } from '@warifu/protocol/errors'
import type { People } from '#people'
import type { Arrivals, ArrivalView, Provisioning } from '#provisioning'
import { shownAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'
import { installationObject } from './handlers-cards.ts'

type Rooms = {
  readonly arrivals: Arrivals
  readonly provisioning: Pick<Provisioning, 'installMoved'>
  readonly people: Pick<People, 'deliver'>
  readonly terminals: Pick<Terminals, 'once'>
}

export const arrivalHandlers = ({ arrivals, provisioning, people, terminals }: Rooms) => {
  const shown = async (asked: Promise<Answer<ArrivalView>>) => {
    const answer = await asked
    return answer.ok ? done(arrivalObject(answer.value)) : answer
  }
  const told = async (nowMs: number, asked: Promise<Answer<ArrivalView>>) => {
    const answer = await shown(asked)
    if (answer.ok) await people.deliver(nowMs)
    return answer
  }
  return {
    startArrival: async ({ caller: { cardholder }, body, nowMs }) =>
      told(nowMs, arrivals.start({ ...body, cardholder, nowMs })),
    getArrival: async ({ caller, params }) => shown(arrivals.get(params.id, caller.cardholder)),
    sendArrivalCode: async ({ caller: { cardholder }, params: { id }, body, nowMs }) =>
      told(nowMs, arrivals.sendCode({ terminal: id, cardholder, method: body.method, nowMs })),
    answerArrivalCode: async ({ caller: { cardholder }, params: { id }, body, nowMs }) =>
      told(nowMs, arrivals.answer({ terminal: id, cardholder, ...body, nowMs })),
    createArrivalCode: async ({ caller: { operator }, params: { id }, nowMs }) => {
      const made = await arrivals.handOut({ terminal: id, operator, nowMs })
      if (!made.ok) return made
      const { code, deadlineMs } = made.value
      return done({ terminal: id, code, deadline_at: new Date(deadlineMs).toISOString() })
    },
    listArrivals: async ({ caller: { call } }) => {
      const data = (await arrivals.to(call)).map(arrivalObject)
      return done({ object: 'list', url: '/v1/arrivals', has_more: false, next_cursor: null, data })
    },
    cancelArrival: async ({ caller: { call }, params, nowMs }) =>
      told(nowMs, arrivals.cancel({ call, terminal: params.id, nowMs })),
    installMovedCard: async ({ caller: { call }, params, nowMs }) => {
      const work = provisioning.installMoved({ call, card: params.id, nowMs })
      return terminals.once(call, shownAs(work, installationObject), nowMs)
    },
  } satisfies Partial<Handlers>
}

const arrivalObject = (view: ArrivalView): Reply<'getArrival'> => ({
  object: 'arrival',
  terminal: view.terminal,
  from: view.from,
  purpose: view.purpose,
  way: view.way,
  status: view.state,
  proved: [...view.proved],
  due_at: view.dueMs === null ? null : new Date(Number(view.dueMs)).toISOString(),
  cards: [...view.cards],
  created_at: new Date(Number(view.createdMs)).toISOString(),
})
