/** Handlers: programs, applications and what is verified for them. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import { type ApplicationView, boundsOf, type Issuing, type Program } from '#issuing'
import type { People } from '#people'
import { shownAs, type Terminals } from '#terminals'
import { applicationObject, verificationObject } from './application-object.ts'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = {
  readonly issuing: Issuing
  readonly people: Pick<People, 'deliver'>
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

type Applying =
  | 'listPrograms'
  | 'createApplication'
  | 'getApplication'
  | 'startVerification'
  | 'answerVerification'

export function applyingHandlers(rooms: Rooms): Handlers<Applying> {
  const { issuing, people, terminals, livemode } = rooms
  const show = (view: ApplicationView) => applicationObject(view, livemode)
  return {
    listPrograms: async ({ query }) =>
      done(
        await pageOf('/v1/programs', query, async (page) =>
          (await issuing.programs(page)).map((program) => programObject(program, livemode)),
        ),
      ),
    createApplication: async ({ caller: { call }, body, nowMs }) =>
      terminals.once(call, shownAs(issuing.apply({ call, nowMs, ...body }), show), nowMs),
    getApplication: async ({ caller: { call }, params, nowMs }) => {
      const view = await issuing.application(params.id, nowMs)
      return view?.cardholder === call.cardholder ? done(show(view)) : refused('not_found')
    },
    startVerification: async ({ caller: { call }, params, body, language, nowMs }) => {
      const starting = { call, application: params.id, proof: body, language, nowMs }
      const work = shownAs(issuing.startVerification(starting), verificationObject)
      const answer = await terminals.once(call, work, nowMs)
      // The message waits in its row; what cannot leave now leaves with the next tick.
      if (answer.ok) await people.deliver(nowMs)
      return answer
    },
    answerVerification: async ({ caller: { call }, params, body, nowMs }) => {
      const answering = { call, verification: params.id, code: body.code, nowMs }
      return terminals.once(call, shownAs(issuing.answerVerification(answering), show), nowMs)
    },
  }
}

const programObject = (
  program: Program,
  livemode: boolean,
): Reply<'listPrograms'>['data'][number] => ({
  id: program.id,
  object: 'program',
  livemode,
  name: program.name,
  currency: program.currency,
  schemes: [...program.schemes],
  funding: program.funding,
  usage: program.usage,
  account: program.account,
  verification_methods: [...program.verificationMethods],
  verification_needed: program.verificationNeeded,
  controls: boundsOf(program),
})
