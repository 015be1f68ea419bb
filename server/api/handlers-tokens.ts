/** A merchant's tokens. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Payments } from '#payments'
import { spentAt, type Tokens, type TokenView } from '#tokens'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = {
  readonly payments: Pick<Payments, 'createToken' | 'cardReference'>
  readonly tokens: Pick<Tokens, 'get' | 'list' | 'delete'>
  readonly livemode: boolean
}

const instantOf = (ms: number): string => new Date(ms).toISOString()

const consentOf = ({ token, mandate }: TokenView, nowMs: number): Reply<'getToken'>['consent'] =>
  mandate === null
    ? { kind: 'on_session' }
    : {
        kind: 'recurring',
        cap: mandate.cap,
        currency: mandate.currency,
        period: mandate.period,
        until: instantOf(mandate.until_ms),
        mandate: mandate.id,
        status: mandate.state,
        approval: mandate.approval,
        spent: token.mandate === mandate.id ? spentAt(token, nowMs) : 0,
      }

const tokenObject = (rooms: Rooms, view: TokenView, nowMs: number): Reply<'getToken'> => {
  const { token } = view
  return {
    id: token.id,
    object: 'token',
    livemode: rooms.livemode,
    created_at: instantOf(token.created_ms),
    token: token.token,
    card: {
      reference: rooms.payments.cardReference(token.merchant, token.card),
      last4: token.last4,
    },
    consent: consentOf(view, nowMs),
    deleted_at: token.deleted_ms === null ? null : instantOf(token.deleted_ms),
    metadata: token.metadata,
  }
}

export const tokenHandlers = (rooms: Rooms) => {
  const { payments, tokens } = rooms
  const shown = async (
    merchant: Id<'mer'>,
    id: Id<'tok'>,
    nowMs: number,
  ): Promise<Answer<Reply<'getToken'>>> => {
    const view = await tokens.get(merchant, id)
    return view ? done(tokenObject(rooms, view, nowMs)) : refused('not_found')
  }
  return {
    createToken: async ({ caller, body, requestId, nowMs }) => {
      const { merchant, once } = caller
      const { source, consent = { kind: 'on_session' }, metadata = {} } = body
      const ask = { merchant, ...once, source, consent, metadata }
      const made = await payments.createToken(ask, { requestId, nowMs })
      return made.ok ? shown(merchant, made.value, nowMs) : made
    },
    listTokens: async ({ caller, query, nowMs }) =>
      done(
        await pageOf('/v1/tokens', query, async (page) =>
          (await tokens.list(caller.merchant, page)).map((view) => ({
            ...tokenObject(rooms, view, nowMs),
            token: null,
          })),
        ),
      ),
    getToken: async ({ caller, params, nowMs }) => shown(caller.merchant, params.id, nowMs),
    deleteToken: async ({ caller, params, nowMs }) => {
      await tokens.delete(caller.merchant, params.id, nowMs)
      return shown(caller.merchant, params.id, nowMs)
    },
  } satisfies Partial<Handlers>
}
