/** Handlers of the test kit: the sandbox's clock, its lines, its people. */
import { contract, type Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Cut } from '@warifu/protocol/test-kit-objects'
import type { PersonAsked } from '@warifu/protocol/test-kit-people'
import { vaultOperations } from '@warifu/protocol/vault'
import { isPushed, type Payments } from '#payments'
import type { Cardholders, Sandbox } from '#sandbox'
import type { Call, Handlers } from './handler.ts'

type Rooms = Playing & { readonly sandbox: Sandbox }
type Kit =
  | ('getTestClock' | 'advanceTestClock' | 'listTestLinks' | 'cutTestLink' | 'mendTestLinks')
  | keyof ReturnType<typeof playing>

export const testKitHandlers = (rooms: Rooms): Handlers<Kit> => {
  const { clock, cuts } = rooms.sandbox
  const shownClock = (): Reply<'getTestClock'> => ({
    object: 'test_clock',
    now: new Date(clock.now()).toISOString(),
    ahead_s: Math.floor(clock.aheadMs() / 1000),
  })
  const shownLinks = (): Reply<'listTestLinks'> => ({
    object: 'test_links',
    cuts: [...cuts.list()],
  })
  return {
    ...playing(rooms),
    getTestClock: async () => done(shownClock()),
    advanceTestClock: async (call) => {
      const byMs = forward(call)
      if (!byMs.ok) return byMs
      await clock.advance(byMs.value)
      return done(shownClock())
    },
    listTestLinks: async () => done(shownLinks()),
    cutTestLink: async ({ body, nowMs }) => {
      const cut = cutOf(body, nowMs - clock.aheadMs())
      if (!cut.ok) return cut
      await cuts.make(cut.value)
      return done(shownLinks())
    },
    mendTestLinks: async () => {
      await cuts.mendAll()
      return done(shownLinks())
    },
  }
}

type Playing = {
  readonly payments: Pick<Payments, 'any' | 'linkOf'>
  readonly cardholders: Cardholders
  readonly walletOrigin: string
}
type Play = Pick<PersonAsked, 'act'> & Partial<Pick<PersonAsked, 'card' | 'cardholder' | 'tamper'>>

/** What the test cardholders are told to do about a payment. */
function playing(rooms: Playing) {
  const play = (id: Id<'pay'>, nowMs: number, how: Play) => playOne(rooms, id, { nowMs, how })
  return {
    listTestCardholders: async () => {
      const found = await rooms.cardholders.list()
      if (!found.ok) return found
      const [url, data] = ['/v1/test/cardholders', found.value.people]
      return done({ object: 'list', url, has_more: false, next_cursor: null, data } as const)
    },
    presentTestCard: ({ params, body, nowMs }: Call<'presentTestCard'>) =>
      play(params.id, nowMs, { act: 'by_amount', ...body }),
    approveTestPayment: ({ params, body, nowMs }: Call<'approveTestPayment'>) =>
      play(params.id, nowMs, { act: 'approve', ...body }),
    denyTestPayment: ({ params, body, nowMs }: Call<'denyTestPayment'>) =>
      play(params.id, nowMs, { act: body.not_me ? 'not_me' : 'deny', ...whoOf(body) }),
    ignoreTestPayment: ({ params, body, nowMs }: Call<'ignoreTestPayment'>) =>
      play(params.id, nowMs, { act: 'ignore', ...body }),
    tamperTestPayment: ({ params, body: { by, ...body }, nowMs }: Call<'tamperTestPayment'>) =>
      play(params.id, nowMs, { act: 'tamper', tamper: by, ...body }),
  }
}

const whoOf = ({ cardholder }: Call<'denyTestPayment'>['body']) =>
  cardholder === undefined ? {} : { cardholder }

async function playOne(
  { payments, cardholders, walletOrigin }: Playing,
  id: Id<'pay'>,
  { nowMs, how }: { readonly nowMs: number; readonly how: Play },
): Promise<Answer<Reply<'presentTestCard'>>> {
  const row = await payments.any(id)
  if (row === undefined) return refused('not_found')
  if (row.status !== 'requires_action') return refused('payment_state')
  const { act, tamper = null, cardholder = null, card = 'ample' } = how
  const isLink = !isPushed(row.presentment)
  const link = isLink ? `${walletOrigin}/pay#${payments.linkOf(id)}` : null
  const asked = { payment: id, link, act, tamper, cardholder, card, now_ms: nowMs }
  const acted = await cardholders.act(asked)
  if (!acted.ok) return acted
  const after = await payments.any(id)
  if (after === undefined) throw new Error('a payment is gone')
  return done({ object: 'test_act', ...acted.value, payment: id, status: after.status })
}

const YEAR_MS = 366 * 86_400_000

/** By how much: told in seconds, or as the instant that is to be reached. */
function forward({ body: { seconds, to }, nowMs }: Call<'advanceTestClock'>): Answer<number> {
  if ((seconds === undefined) === (to === undefined))
    return refused('field_invalid', 'seconds', 'either seconds or to expected')
  if (seconds !== undefined) return done(seconds * 1000)
  const byMs = Date.parse(to ?? '') - nowMs
  if (byMs > 0 && byMs <= YEAR_MS) return done(byMs)
  return refused('field_invalid', 'to', 'an instant within a year from now expected')
}

/** What a cut may name, by its line. */
const known: Readonly<Partial<Record<Cut['link'], object>>> = {
  client: contract,
  vault: vaultOperations,
}

function cutOf(body: Call<'cutTestLink'>['body'], wallMs: number): Answer<Cut> {
  const { link, at = null, seconds } = body
  // What the acquirer decides it has decided: of its line only the answers are lost.
  const lost = link === 'network' ? 'answer' : (body.lost ?? 'request')
  const until = seconds === undefined ? null : new Date(wallMs + seconds * 1000).toISOString()
  if (at !== null && !Object.hasOwn(known[link] ?? {}, at))
    return refused(
      'field_invalid',
      'at',
      'the name of an endpoint, or operation, of this line expected',
    )
  if (link === 'network' && until === null)
    return refused('field_invalid', 'seconds', 'this line is cut for some seconds')
  const times = body.times ?? (until === null ? 1 : null)
  return done({ link, lost, at, times, until })
}
