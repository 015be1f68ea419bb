/** Handlers: a card is pulled, installed, listed, frozen and unfrozen. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { CardView, Issuing } from '#issuing'
import type { InstallationView, Provisioning } from '#provisioning'
import { shownAs, type Terminals } from '#terminals'
import { cardObject } from './card-object.ts'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = {
  readonly issuing: Pick<Issuing, 'card' | 'cards' | 'suspend' | 'resume'>
  readonly provisioning: Provisioning
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

type Cards =
  | 'installCard'
  | 'confirmInstallation'
  | 'renewPaymentKey'
  | 'listCards'
  | 'getCard'
  | 'suspendCard'
  | 'resumeCard'

export function cardHandlers(rooms: Rooms): Handlers<Cards> {
  const { issuing, provisioning, terminals, livemode } = rooms
  const show = (card: CardView) => cardObject(card, livemode)
  return {
    installCard: async ({ caller: { call }, params, nowMs }) => {
      const work = provisioning.install({ call, application: params.id, nowMs })
      return terminals.once(call, shownAs(work, installationObject), nowMs)
    },
    confirmInstallation: async ({ caller: { call }, params, body, nowMs }) => {
      const confirming = { call, installation: params.id, body, nowMs }
      return terminals.once(call, shownAs(provisioning.confirm(confirming), show), nowMs)
    },
    renewPaymentKey: async ({ caller: { call }, params, nowMs }) => {
      const work = provisioning.renewKey({ call, card: params.id, nowMs })
      return terminals.once(call, work, nowMs)
    },
    listCards: async ({ caller: { call }, query, nowMs }) =>
      done(
        await pageOf('/v1/cards', query, async (page) =>
          (await issuing.cards({ cardholder: call.cardholder, ...page }, nowMs)).map(show),
        ),
      ),
    getCard: async ({ caller: { call }, params, nowMs }) => {
      const card = await issuing.card(params.id, nowMs)
      return card?.cardholder === call.cardholder ? done(show(card)) : refused('not_found')
    },
    suspendCard: async ({ caller: { call }, params, nowMs }) =>
      terminals.once(call, shownAs(issuing.suspend({ call, card: params.id, nowMs }), show), nowMs),
    resumeCard: async ({ caller: { call }, params, nowMs }) =>
      terminals.once(call, shownAs(issuing.resume({ call, card: params.id, nowMs }), show), nowMs),
  }
}

export const installationObject = (view: InstallationView): Reply<'installCard'> => ({
  id: view.id,
  object: 'installation',
  card: view.card,
  scheme: view.scheme,
  status: view.state,
  last4: view.last4,
  expires: view.expires,
  inner_digest: view.innerDigest,
  delivery: view.delivery,
})
