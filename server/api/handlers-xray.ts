/**
 * Handlers: a link by which an auditor reads one payment. It says which and until when, under a MAC
 * of this server's; nothing of it is kept, and a card has no number here that it could show.
 */
import { timingSafeEqual } from 'node:crypto'
import { fromBase64url, toBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId } from '@warifu/protocol/ids'
import type { Payments } from '#payments'
import type { Waiting } from '#people'
import type { Handlers } from './handler.ts'
import { consolePaymentObject } from './handlers-console-reads.ts'
import { secondObject } from './handlers-issuing.ts'
import { timelineEntry } from './handlers-payments.ts'

export type AskLink = (asked: {
  readonly payment: Id<'pay'>
  readonly hours: number
  readonly by: Id<'opr'>
  readonly nowMs: number
}) => Promise<Waiting | undefined>

type Rooms = {
  readonly payments: Pick<Payments, 'any' | 'timelineOf'>
  readonly derive: (...words: readonly string[]) => Uint8Array
  /** Undefined where a second person has agreed. */
  readonly askLink: AskLink
}
const HOUR_MS = 60 * 60 * 1000

const macOf = ({ derive }: Pick<Rooms, 'derive'>, payment: string, untilMs: number) =>
  derive('xray-link/1', payment, String(untilMs))

export const linkOf = (rooms: Pick<Rooms, 'derive'>, payment: Id<'pay'>, untilMs: number): string =>
  `${payment}.${untilMs}.${toBase64url(macOf(rooms, payment, untilMs))}`

type Named = { readonly payment: Id<'pay'>; readonly untilMs: number }

/** Which payment a link is for; refused where it is over, or nobody's. */
function namedBy(rooms: Rooms, link: string, nowMs: number): Answer<Named> {
  const [payment = '', until = '', mac = ''] = link.split('.')
  const untilMs = Number(until)
  if (!isId('pay', payment)) return refused('link_unknown')
  const isOurs = timingSafeEqual(macOf(rooms, payment, untilMs), fromBase64url(mac))
  return isOurs && untilMs > nowMs ? done({ payment, untilMs }) : refused('link_unknown')
}

export const xrayHandlers = (rooms: Rooms): Handlers<'makeXrayLink' | 'readXray'> => ({
  makeXrayLink: async ({ caller, params: { id: payment }, body: { hours = 72 }, nowMs }) => {
    if ((await rooms.payments.any(payment)) === undefined) return refused('not_found')
    const waiting = await rooms.askLink({ payment, hours, by: caller.operator, nowMs })
    const untilMs = nowMs + hours * HOUR_MS
    return done({
      object: 'xray_link' as const,
      link: waiting ? null : linkOf(rooms, payment, untilMs),
      expires_at: waiting ? null : new Date(untilMs).toISOString(),
      waiting: secondObject(waiting ?? null),
    })
  },
  readXray: async ({ body: { link }, nowMs }) => {
    const named = namedBy(rooms, link, nowMs)
    if (!named.ok) return named
    const { payment: id, untilMs } = named.value
    const row = await rooms.payments.any(id)
    if (row === undefined) return refused('link_unknown')
    const timeline = (await rooms.payments.timelineOf(id)).map(timelineEntry)
    const about = { payment: consolePaymentObject(row), timeline }
    return done({
      object: 'xray' as const,
      ...about,
      expires_at: new Date(untilMs).toISOString(),
    })
  },
})
