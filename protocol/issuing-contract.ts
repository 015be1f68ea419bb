/** Endpoints of the contract: a card's bounds and its life, and what the issuer's people do. */

import { Type } from 'typebox'
import { byId } from './asked.ts'
import type { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { controls, decisionReasons, replacementReasons } from './issuing-objects.ts'
import { currency, minorUnits } from './money.ts'
import * as o from './objects.ts'
import { secondPerson } from './operator-objects.ts'
import {
  base64url,
  closed,
  digest,
  instant,
  nullable,
  oneOf,
  plainText,
  webAddress,
} from './shapes.ts'
import { cardProof } from './vault-issuing.ts'

/** What a person shows to be identified; the method says what. */
const phone = Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$', description: 'E.164' })
export const proof = Type.Union([
  closed({ method: Type.Literal('phone'), phone }),
  closed({ method: Type.Literal('voice'), phone }),
  closed({ method: Type.Literal('registered_terminal') }),
  cardProof,
  closed({
    method: Type.Literal('identity_document'),
    /** The lines of the machine readable zone (ICAO 9303), as they stand on the document. */
    mrz: Type.Array(Type.String({ minLength: 30, maxLength: 60 }), { minItems: 2, maxItems: 3 }),
  }),
  closed({
    method: Type.Literal('x509'),
    /** DER. */
    certificate: base64url(8192, 1),
    /** Over "warifu/1/application", a zero byte and the application's digest. */
    signature: base64url(1024, 8),
  }),
])

export const verificationFaults = [
  'verification_exhausted',
  'document_unreadable',
  'document_check_digit',
  'document_expired',
  'document_birth_date',
  'certificate_unreadable',
  'certificate_not_trusted',
  'certificate_expired',
  'certificate_revoked',
  'certificate_unchecked',
  'certificate_signature',
  'card_not_active',
  'card_not_proven',
  'terminal_not_active',
] as const satisfies readonly (keyof typeof errors)[]

const fundingAsked = closed({
  amount: minorUnits,
  currency,
  /** Names what was paid in: the same one again adds nothing. */
  reference: plainText(64),
})
const judged = closed({
  result: oneOf(['accept', 'refuse'] as const),
  reason: Type.Optional(oneOf(['document_refused', 'not_the_person'] as const)),
})

/** What waits for a person of the issuer. */
export const review = closed({
  object: Type.Literal('review'),
  kind: oneOf(['application', 'document'] as const),
  application: idOf('app'),
  verification: nullable(idOf('ver')),
  waits_since: instant,
  program: closed({
    id: idOf('prg'),
    name: Type.String(),
    currency,
    second_above: nullable(minorUnits),
  }),
  applicant: o.applicant,
  /** The rule that asked for a person; past the last one where none spoke. */
  rule: nullable(Type.Integer({ minimum: 0 })),
  bureau: nullable(
    closed({
      bureau: Type.String(),
      score: nullable(Type.Integer()),
      debt: nullable(Type.Integer()),
    }),
  ),
  document: nullable(Type.Record(Type.String(), nullable(Type.String()))),
  waiting: nullable(secondPerson),
})

/** One try of identification, with everything that happened to it. */
export const verificationLog = closed({
  verification: o.verification,
  application: idOf('app'),
  detail: Type.Record(Type.String(), nullable(Type.String())),
  log: Type.Array(closed({ at: instant, what: Type.String(), by: Type.String() })),
})

export const issuingEndpoints = {
  // ── what a cardholder does with a card ─────────────────────────────────────────────────────
  controlCard: {
    method: 'POST',
    path: '/v1/cards/:id/controls',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Set your own bounds of a card, in place of those before; they only narrow.',
    params: byId('crd'),
    body: controls,
    answer: o.card,
    refuses: ['not_found', 'card_not_active'],
  },
  replaceCard: {
    method: 'POST',
    path: '/v1/cards/:id/replacement',
    tag: 'Cards',
    caller: 'terminal',
    status: 201,
    summary: 'Have another card in the place of one; a lost or stolen one stops at once.',
    params: byId('crd'),
    body: closed({ reason: oneOf(replacementReasons) }),
    answer: o.application,
    refuses: ['not_found', 'card_not_active', 'application_state'],
  },
  renewCard: {
    method: 'POST',
    path: '/v1/cards/:id/renewal',
    tag: 'Cards',
    caller: 'terminal',
    status: 201,
    summary: 'Have the next card of one that is near its end; it pays until the new one does.',
    params: byId('crd'),
    body: closed({}),
    answer: o.application,
    refuses: ['not_found', 'card_not_active', 'card_not_renewable', 'application_state'],
  },
  closeCard: {
    method: 'POST',
    path: '/v1/cards/:id/close',
    tag: 'Cards',
    caller: 'terminal',
    status: 200,
    summary: 'Close a card for ever.',
    params: byId('crd'),
    body: closed({}),
    answer: o.card,
    refuses: ['not_found', 'card_not_active'],
  },

  // ── what the issuer's people do ────────────────────────────────────────────────────────────
  listReviews: {
    method: 'GET',
    path: '/v1/operator/reviews',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer', 'auditor'],
    status: 200,
    summary: 'What waits for a person: applications and identity documents, oldest first.',
    answer: closed({ object: Type.Literal('list'), data: Type.Array(review) }),
    refuses: [],
  },
  decideReview: {
    method: 'POST',
    path: '/v1/operator/applications/:id/decision',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    summary:
      'Decide an application that waits for a person. Above the program’s threshold a second ' +
      'operator must send the very same.',
    params: byId('app'),
    body: closed({
      result: oneOf(['approve', 'refuse'] as const),
      limit: Type.Optional(minorUnits),
      reason: Type.Optional(oneOf(decisionReasons)),
    }),
    answer: closed({ application: o.application, waiting: nullable(secondPerson) }),
    refuses: ['not_found', 'application_state'],
  },
  judgeDocument: {
    method: 'POST',
    path: '/v1/operator/verifications/:id/decision',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    summary: 'Say whether an identity document shows the applicant.',
    params: byId('ver'),
    body: judged,
    answer: o.application,
    refuses: ['not_found', 'application_state'],
  },
  getVerificationLog: {
    method: 'GET',
    path: '/v1/operator/verifications/:id',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer', 'auditor'],
    status: 200,
    summary: 'One try of identification, with its log. That it was read is on record.',
    params: byId('ver'),
    answer: verificationLog,
    refuses: ['not_found'],
  },
  readCard: {
    method: 'GET',
    path: '/v1/operator/cards/:id',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer', 'operator', 'auditor'],
    status: 200,
    summary: 'A card with its bounds and history.',
    params: byId('crd'),
    answer: o.card,
    refuses: ['not_found'],
  },
  stopCard: {
    method: 'POST',
    path: '/v1/operator/cards/:id/status',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    summary: 'Stop a card, let it go on, or close it.',
    params: byId('crd'),
    body: closed({
      status: oneOf(['suspended', 'active', 'closed'] as const),
      reason: oneOf(['fraud', 'lost', 'stolen', 'policy', 'cardholder_asked', 'cleared'] as const),
    }),
    answer: o.card,
    refuses: ['not_found', 'card_not_active'],
  },
  fundCard: {
    method: 'POST',
    path: '/v1/operator/cards/:id/funding',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer'],
    status: 200,
    movesMoney: true,
    summary:
      'Put money on the account of a debit card, once for each reference; above the program’s ' +
      'threshold a second operator must send the very same.',
    params: byId('crd'),
    body: fundingAsked,
    answer: closed({ card: o.card, waiting: nullable(secondPerson) }),
    refuses: [
      'not_found',
      'card_not_fundable',
      'card_not_active',
      'currency_mismatch',
      'idempotency_key_reused',
    ],
  },
  trustAuthority: {
    method: 'POST',
    path: '/v1/operator/authorities',
    tag: 'Issuer',
    caller: 'operator',
    roles: ['issuer'],
    status: 201,
    summary: 'Believe an authority’s certificates, with the place of its revocation list.',
    body: closed({
      name: plainText(80),
      /** DER. */
      certificate: base64url(8192, 1),
      crl_url: webAddress,
    }),
    answer: closed({ id: digest, object: Type.Literal('authority'), name: Type.String() }),
    refuses: ['certificate_unreadable'],
  },

  // ── the sandbox's edges ────────────────────────────────────────────────────────────────────
  receiveMessage: {
    method: 'POST',
    path: '/v1/test/inbox',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 201,
    summary: 'The sandbox’s provider of SMS and calls: it takes a message into the inbox.',
    body: closed({
      id: idOf('msg'),
      channel: oneOf(['sms', 'voice'] as const),
      to: Type.String({ maxLength: 20 }),
      text: Type.String({ maxLength: 500 }),
    }),
    answer: closed({ taken: Type.Boolean() }),
    refuses: [],
  },
  askBureau: {
    method: 'POST',
    path: '/v1/test/bureau',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary:
      'The sandbox’s credit bureau, a simulator: a name with LOW has a low score, with DEBT ' +
      'debts; NOBODY is unknown; with DOWN it fails.',
    body: closed({
      reference: Type.String({ maxLength: 60 }),
      name: plainText(80),
      birth_date: o.applicant.properties.birth_date,
    }),
    answer: closed({ score: Type.Integer(), debt: Type.Integer() }),
    refuses: ['not_found', 'network_unavailable'],
  },
  judgeDocumentAlone: {
    method: 'POST',
    path: '/v1/test/verifications/:id/decide',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    summary: 'Play the person who looks at an identity document.',
    params: byId('ver'),
    body: judged,
    answer: o.application,
    refuses: ['not_found', 'application_state'],
  },
  fundCardAlone: {
    method: 'POST',
    path: '/v1/test/cards/:id/funding',
    tag: 'Sandbox',
    caller: 'sandbox',
    status: 200,
    movesMoney: true,
    summary: 'Put money on the account of a debit card.',
    params: byId('crd'),
    body: fundingAsked,
    answer: o.card,
    refuses: [
      'not_found',
      'card_not_fundable',
      'card_not_active',
      'currency_mismatch',
      'idempotency_key_reused',
    ],
  },
} as const
