/** Handlers: PINs, plastic, and the bureau that makes it. */
import { createHash, createPublicKey } from 'node:crypto'
import { thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import type { Body, Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { PinCode, PinView, Plastic, PlasticRow, PlasticView } from '#issuing'
import type { People } from '#people'
import { shownAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly plastic: Plastic
  readonly people: Pick<People, 'deliver'>
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

const at = (ms: bigint | number): string => new Date(Number(ms)).toISOString()

export const plasticHandlers = (rooms: Rooms) => ({
  ...pinHandlers(rooms),
  ...ownerHandlers(rooms),
  ...bureauHandlers(rooms),
})

const pinHandlers = ({ plastic, people, terminals }: Rooms) =>
  ({
    getVaultKey: async ({ params }) => plastic.vaultKey(params.use),
    getPin: async ({ caller: { call }, params, nowMs }) => {
      const pin = await plastic.pinOf({ card: params.id, cardholder: call.cardholder, nowMs })
      return pin.ok ? done(pinObject(pin.value)) : pin
    },
    setPin: async ({ caller: { call }, params, nowMs }) => {
      const work = plastic.setPin({ call, card: params.id, nowMs })
      return terminals.once(call, shownAs(work, pinObject), nowMs)
    },
    startPinUnblock: async ({ caller: { call }, params, language, nowMs }) => {
      const work = plastic.startUnblock({ call, card: params.id, language, nowMs })
      const answer = await terminals.once(call, shownAs(work, pinObject), nowMs)
      if (answer.ok) await people.deliver(nowMs)
      return answer
    },
    unblockPin: async ({ caller: { call }, params, nowMs }) => {
      const work = plastic.unblockPin({ call, card: params.id, nowMs })
      return terminals.once(call, shownAs(work, pinObject), nowMs)
    },
    createPinCode: async ({ caller, params, nowMs }) => {
      const { operator } = caller
      const made = await plastic.handOutCode({ card: params.id, operator, nowMs })
      return made.ok ? done({ ...codeObject(made.value), code: made.value.code }) : made
    },
  }) satisfies Partial<Handlers>

const ownerHandlers = ({ plastic, terminals, livemode }: Rooms) => {
  const show = (view: PlasticView) => plasticObject(view, livemode)
  return {
    orderPlastic: async ({ caller: { call }, params, nowMs }) => {
      const work = plastic.order({ call, card: params.id, nowMs })
      return terminals.once(call, shownAs(work, show), nowMs)
    },
    listPlastic: async ({ caller: { call }, params }) => {
      const found = await plastic.of(params.id, call.cardholder)
      if (!found.ok) return found
      const url = `/v1/cards/${params.id}/plastic`
      return done(listOf(url, found.value.map(show)))
    },
    openPlasticPage: async ({ caller: { call }, params, nowMs }) =>
      terminals.once(call, plastic.openPage({ call, plastic: params.id, nowMs }), nowMs),
    activatePlastic: async ({ caller: { call }, params, nowMs }) => {
      const work = plastic.activate({ call, plastic: params.id, nowMs })
      return terminals.once(call, shownAs(work, show), nowMs)
    },
    losePlastic: async ({ caller: { call }, params, body, nowMs }) => {
      const work = plastic.lose({ call, plastic: params.id, reason: body.reason, nowMs })
      return terminals.once(call, shownAs(work, show), nowMs)
    },
  } satisfies Partial<Handlers>
}

const bureauHandlers = ({ plastic }: Rooms) =>
  ({
    createBureau: async ({ caller, body, nowMs }) => {
      const { id, name, signing_key: signingKey } = body
      if (!isPoint(signingKey))
        return refused('field_invalid', 'signing_key', 'a point of P-256 expected')
      const keyid = createHash('sha256').update(thumbprintInput(signingKey)).digest('base64url')
      const by = caller.operator
      const isNew = await plastic.addBureau({ id, name, keyid, signingKey, by }, nowMs)
      if (!isNew) return refused('bureau_exists')
      return done({ id, object: 'bureau', name, status: 'active', created_at: at(nowMs) })
    },
    listBureauJobs: async ({ caller }) =>
      done(listOf('/v1/bureau/jobs', (await plastic.jobs(caller.bureau)).map(jobObject))),
    moveBureauJob: async ({ caller: { bureau }, params, body, nowMs }) => {
      const { status, reason, tracking } = body
      const move = { bureau, plastic: params.id, status, reason, tracking, nowMs }
      const moved = await plastic.moveJob(move)
      return moved.ok ? done(jobObject(moved.value)) : moved
    },
  }) satisfies Partial<Handlers>

/** 64 bytes of the right letters need not be one: nothing could ever be verified by it. */
function isPoint(jwk: Body<'createBureau'>['signing_key']): boolean {
  try {
    createPublicKey({ key: jwk, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

const listOf = <T>(url: string, data: T[]) => ({
  object: 'list' as const,
  url,
  has_more: false,
  next_cursor: null,
  data,
})

const codeObject = ({ verification, channel, destination, deadlineMs }: PinCode) => ({
  verification,
  channel,
  destination,
  deadline_at: at(deadlineMs),
})

const pinObject = ({ card, status, tries_left, unblocking }: PinView): Reply<'getPin'> => ({
  object: 'pin',
  card,
  status,
  tries_left,
  unblocking: unblocking && codeObject(unblocking),
})

const plasticObject = (view: PlasticView, livemode: boolean): Reply<'orderPlastic'> => ({
  id: view.id,
  object: 'plastic',
  livemode,
  created_at: at(view.createdMs),
  card: view.card,
  status: view.state,
  terminal: view.terminal,
  tracking: view.tracking,
  history: view.history.map(({ atMs, from, to, reason, actor }) => ({
    at: at(atMs),
    from,
    to,
    reason,
    by: actor,
  })),
})

const jobObject = ({ id, state, createdMs, sealed }: PlasticRow): Reply<'moveBureauJob'> => ({
  id,
  object: 'bureau_job',
  status: state,
  ordered_at: at(createdMs),
  sealed,
})
