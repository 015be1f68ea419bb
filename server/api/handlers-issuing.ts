/** Handlers: a card's bounds and its life, and what the issuer's people do. */
import { fromBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { ApplicationView, CardView, Issuing, ReviewView } from '#issuing'
import type { Waiting } from '#people'
import { shownAs, type Terminals } from '#terminals'
import { applicationObject, verificationObject } from './application-object.ts'
import { cardObject } from './card-object.ts'
import type { Handlers } from './handler.ts'

type Rooms = {
  readonly issuing: Issuing
  readonly terminals: Pick<Terminals, 'once'>
  readonly livemode: boolean
}

type Life = 'controlCard' | 'replaceCard' | 'renewCard' | 'closeCard'

export function cardLifeHandlers({ issuing, terminals, livemode }: Rooms): Handlers<Life> {
  const show = (card: CardView) => cardObject(card, livemode)
  const showApplication = (view: ApplicationView) => applicationObject(view, livemode)
  return {
    controlCard: async ({ caller: { call }, params: { id: card }, body: own, nowMs }) =>
      terminals.once(call, shownAs(issuing.control({ call, card, own, nowMs }), show), nowMs),
    replaceCard: async ({ caller: { call }, params: { id: card }, body: { reason }, nowMs }) => {
      const work = issuing.replace({ call, card, reason, nowMs })
      return terminals.once(call, shownAs(work, showApplication), nowMs)
    },
    renewCard: async ({ caller: { call }, params: { id: card }, nowMs }) => {
      const work = issuing.replace({ call, card, reason: 'renewal', nowMs })
      return terminals.once(call, shownAs(work, showApplication), nowMs)
    },
    closeCard: async ({ caller: { call }, params: { id: card }, nowMs }) =>
      terminals.once(call, shownAs(issuing.close({ call, card, nowMs }), show), nowMs),
  }
}

type Issuers =
  | 'listReviews'
  | 'decideReview'
  | 'judgeDocument'
  | 'getVerificationLog'
  | 'readCard'
  | 'stopCard'
  | 'fundCard'
  | 'trustAuthority'

export function issuerHandlers({ issuing, livemode }: Rooms): Handlers<Issuers> {
  return {
    listReviews: async ({ nowMs }) =>
      done({ object: 'list' as const, data: (await issuing.reviews(nowMs)).map(reviewObject) }),
    decideReview: async ({ caller: { operator: by }, params: { id }, body: verdict, nowMs }) => {
      const decided = await issuing.decideByPerson({ id, verdict, by, nowMs })
      if (!decided.ok) return decided
      const { application, waiting } = decided.value
      return done({
        application: applicationObject(application, livemode),
        waiting: secondObject(waiting),
      })
    },
    judgeDocument: async ({ caller: { operator: by }, params: { id }, body, nowMs }) => {
      const judged = await issuing.judgeDocument({ id, ...body, by, nowMs })
      return judged.ok ? done(applicationObject(judged.value, livemode)) : judged
    },
    getVerificationLog: async ({ caller: { operator: by }, params: { id }, nowMs }) => {
      const read = await issuing.verificationLog(id, by, nowMs)
      if (!read.ok) return read
      const { verification, detail, log } = read.value
      return done({
        verification: verificationObject(verification),
        application: verification.application,
        detail: { ...detail },
        log: log.map(({ atMs, ...rest }) => ({ at: instantOf(atMs), ...rest })),
      })
    },
    readCard: async ({ params: { id }, nowMs }) => {
      const card = await issuing.card(id, nowMs)
      return card ? done(cardObject(card, livemode)) : refused('not_found')
    },
    stopCard: async ({ caller: { operator: by }, params: { id: card }, body, nowMs }) => {
      const { status: to, reason } = body
      const stopped = await issuing.stop({ card, to, reason, by, nowMs })
      return stopped.ok ? done(cardObject(stopped.value, livemode)) : stopped
    },
    fundCard: async ({ caller: { operator: by }, params: { id: card }, body, nowMs }) => {
      const funded = await issuing.fund({ card, ...body, by, nowMs })
      if (!funded.ok) return funded
      const { card: view, waiting } = funded.value
      return done({ card: cardObject(view, livemode), waiting: secondObject(waiting) })
    },
    trustAuthority: async ({ body: { name, certificate, crl_url: crlUrl }, nowMs }) => {
      const authority = { name, certificate: fromBase64url(certificate), crlUrl, nowMs }
      const id = await issuing.trustAuthority(authority)
      if (id === undefined) return refused('certificate_unreadable', 'certificate')
      return done({ id, object: 'authority' as const, name })
    },
  }
}

const instantOf = (ms: bigint): string => new Date(Number(ms)).toISOString()

type Second = Reply<'decideReview'>['waiting']
export const secondObject = (waiting: Waiting | null): Second =>
  waiting && {
    object: 'second_person',
    // The acts of this room are those of the schema.
    act: waiting.act as NonNullable<Second>['act'],
    subject: waiting.subject,
    content: { ...waiting.content },
    by: waiting.by,
    asked_at: instantOf(waiting.askedMs),
    deadline_at: instantOf(waiting.deadlineMs),
  }

const reviewObject = (row: ReviewView): Reply<'listReviews'>['data'][number] => ({
  object: 'review',
  kind: row.kind,
  application: row.application,
  verification: row.verification,
  waits_since: instantOf(row.sinceMs),
  program: {
    id: row.program,
    name: row.programName,
    currency: row.currency,
    second_above: row.secondAbove === null ? null : Number(row.secondAbove),
  },
  applicant: row.facts,
  rule: row.decision?.rule ?? null,
  bureau: row.report,
  document: row.detail && { ...row.detail },
  waiting: secondObject(row.waiting),
})
