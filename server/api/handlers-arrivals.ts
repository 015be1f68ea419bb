/** Handlers: the phones of a person: a further one comes in, one ends another. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { People } from '#people'
import type { Arrivals, ArrivalView, PhoneView, Provisioning } from '#provisioning'
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
    startArrival: async ({ caller: { cardholder }, body, language, nowMs }) =>
      told(nowMs, arrivals.start({ ...body, cardholder, language, nowMs })),
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
    listTerminals: async ({ caller: { call } }) => {
      const found = await arrivals.phones(call.cardholder)
      const data = found.map((phone) => phoneObject(phone, call.terminal))
      return done({
        object: 'list',
        url: '/v1/terminals',
        has_more: false,
        next_cursor: null,
        data,
      })
    },
    removeTerminal: async ({ caller: { call }, params, language, nowMs }) => {
      const work = arrivals.remove({ call, terminal: params.id, language, nowMs })
      const show = (phone: PhoneView) => phoneObject(phone, call.terminal)
      const answer = await terminals.once(call, shownAs(work, show), nowMs)
      if (answer.ok) await people.deliver(nowMs)
      return answer
    },
    installMovedCard: async ({ caller: { call }, params, nowMs }) => {
      const work = provisioning.installMoved({ call, card: params.id, nowMs })
      return terminals.once(call, shownAs(work, installationObject), nowMs)
    },
  } satisfies Partial<Handlers>
}

const instantOf = (ms: bigint): string => new Date(Number(ms)).toISOString()

const phoneObject = (phone: PhoneView, asking: Id<'trm'>): Reply<'removeTerminal'> => ({
  id: phone.id,
  object: 'phone',
  status: phone.status === 'suspended' ? 'suspended' : 'active',
  name: phone.name,
  current: phone.id === asking,
  created_at: instantOf(phone.createdMs),
  last_used_at: phone.usedMs === null ? null : instantOf(phone.usedMs),
  cards: [...phone.cards],
  coming: [...phone.coming],
})

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
