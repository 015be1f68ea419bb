/**
 * Endpoints of the contract: what the console watches. Metrics, the record of what people did, both
 * chains with their verification, filters that somebody keeps, an auditor's link to one payment.
 */

import { Type } from 'typebox'
import { page } from './asked.ts'
import { consolePayment } from './console-objects.ts'
import { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { currency, minorUnitsOrZero } from './money.ts'
import { listOf, presentments, timelineEntry } from './objects.ts'
import { operatorRoles, secondPerson } from './operator-objects.ts'
import { closed, digest, instant, nullable, oneOf, plainText } from './shapes.ts'
import { listedKey } from './vault-keys.ts'

const count = Type.Integer({ minimum: 0 })
const volume = closed({ currency, amount: minorUnitsOrZero })
const latency = nullable(
  closed({
    count,
    /** Milliseconds within which half of them, 95 and 99 in a hundred were answered, ± a fifth. */
    p50: Type.Number(),
    p95: Type.Number(),
    p99: Type.Number(),
  }),
)
const counts = {
  payments: count,
  approved: count,
  declined: count,
  /** Cancelled, expired: nobody decided about them. */
  ended: count,
  open: count,
  /** Of what was approved. */
  volumes: Type.Array(volume),
  latency,
}

export const metricsAsked = closed({
  by: Type.Optional(oneOf(['minute', 'hour', 'day'] as const)),
  /** How many of them, up to now: 60 minutes, 48 hours or 31 days where none are named. */
  last: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440 })),
})
export const metrics = closed({
  object: Type.Literal('metrics'),
  by: oneOf(['minute', 'hour', 'day'] as const),
  from: instant,
  /** Oldest first, without gaps. */
  buckets: Type.Array(closed({ at: instant, ...counts })),
  totals: closed({
    ...counts,
    /** Of what was decided; null where nothing was. */
    approval_rate: nullable(Type.Number({ minimum: 0, maximum: 1 })),
    declines: Type.Array(closed({ reason: oneOf(Object.keys(errors)), count })),
    presentments: Type.Array(
      closed({ presentment: oneOf(presentments), payments: count, approved: count }),
    ),
  }),
})

/** Something that a person did here, or tried to. */
export const actRecord = closed({
  object: Type.Literal('act_record'),
  seq: Type.Integer({ minimum: 1 }),
  at: instant,
  /** An operator’s id, a merchant’s user’s, or `house`: by who runs it. */
  who: Type.String(),
  name: Type.String(),
  what: Type.String(),
  subject: Type.String(),
  /** SHA-256 of what was asked. */
  digest,
  request: Type.String(),
  /** `asked` before it was done; then `done`, or why not. */
  outcome: Type.String(),
})

/** What the vault did: by which operation, with what result; of whom only the auditor reads. */
export const vaultRecord = closed({
  object: Type.Literal('vault_record'),
  seq: Type.Integer({ minimum: 1 }),
  at: instant,
  calls: Type.Array(closed({ operation: Type.String(), result: Type.String() })),
})

/** A key of the vault, by its check value. */
export const vaultKeyRecord = closed({
  object: Type.Literal('vault_key_record'),
  ...listedKey.properties,
})

const verdict = {
  ok: Type.Boolean(),
  /** How many records are sound, one after the other. */
  size: count,
  head: digest,
  fault: nullable(Type.String()),
}
const witness = Type.String({
  pattern: '^[0-9]{1,15}:[A-Za-z0-9_-]{43}$',
  description: 'SIZE:HEAD, written down before: finds an end that was cut off',
})
export const verification = closed({
  object: Type.Literal('audit_verification'),
  at: instant,
  /** Of what people did here. */
  acts: closed(verdict),
  /** Of the vault, recomputed here from the digests of its records. */
  vault: closed({
    ...verdict,
    chain: Type.String(),
    /** The vault’s signature over its newest head holds. */
    signed: Type.Boolean(),
    /** From which record on it was recomputed: what was before was, at an earlier look. */
    from: count,
  }),
})

export const savedFilter = closed({
  id: idOf('flt'),
  object: Type.Literal('saved_filter'),
  list: plainText(40),
  name: plainText(60),
  /** As it stands in the page’s address. */
  query: Type.String({ maxLength: 1000 }),
  created_at: instant,
})

const watch = {
  readMetrics: {
    method: 'GET',
    path: '/v1/operator/metrics',
    tag: 'Operators',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    etag: true,
    summary: 'Volume, approvals, declines and latency by minute, hour or day. Cheap: ask often.',
    query: closed({ ...metricsAsked.properties, merchant: Type.Optional(idOf('mer')) }),
    answer: metrics,
    refuses: [],
  },
  getMetrics: {
    method: 'GET',
    path: '/v1/metrics',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    etag: true,
    summary: 'Your volume, approvals and declines by minute, hour or day.',
    query: metricsAsked,
    answer: metrics,
    refuses: [],
  },
  listActRecords: {
    method: 'GET',
    path: '/v1/operator/audit/acts',
    tag: 'Audit',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary: 'What people did here, newest first.',
    query: closed({
      ...page,
      who: Type.Optional(Type.String({ maxLength: 40 })),
      what: Type.Optional(Type.String({ maxLength: 60 })),
      subject: Type.Optional(Type.String({ maxLength: 80 })),
    }),
    answer: listOf(actRecord),
    refuses: [],
  },
  listVaultKeys: {
    method: 'GET',
    path: '/v1/operator/keys',
    tag: 'Audit',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary: 'The vault’s own keys: name, state, check value, what protects each. Never a key.',
    query: closed({}),
    answer: listOf(vaultKeyRecord),
    refuses: ['vault_unavailable'],
  },
  listVaultRecords: {
    method: 'GET',
    path: '/v1/operator/audit/vault',
    tag: 'Audit',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    csv: true,
    summary: 'What the vault did, newest first.',
    query: closed(page),
    answer: listOf(vaultRecord),
    refuses: ['vault_unavailable'],
  },
  verifyAudit: {
    method: 'GET',
    path: '/v1/operator/audit/verification',
    tag: 'Audit',
    caller: 'operator',
    roles: operatorRoles,
    status: 200,
    summary: 'Recompute both chains now.',
    query: closed({ acts: Type.Optional(witness) }),
    answer: verification,
    refuses: ['vault_unavailable'],
  },
} as const

const filters = {
  listSavedFilters: {
    method: 'GET',
    path: '/v1/console/filters',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'Your own filters.',
    query: closed({ ...page, list: Type.Optional(plainText(40)) }),
    answer: listOf(savedFilter),
    refuses: [],
  },
  saveFilter: {
    method: 'POST',
    path: '/v1/console/filters',
    tag: 'Console',
    caller: 'console',
    status: 201,
    summary: 'Keep a filter under a name; the same name again takes the place of the first.',
    body: closed({
      list: plainText(40),
      name: plainText(60),
      query: Type.String({ maxLength: 1000 }),
    }),
    answer: savedFilter,
    refuses: ['too_many_requests'],
  },
  deleteFilter: {
    method: 'POST',
    path: '/v1/console/filters/:id/delete',
    tag: 'Console',
    caller: 'console',
    status: 200,
    summary: 'Forget one of your filters.',
    params: closed({ id: idOf('flt') }),
    body: closed({}),
    answer: closed({ object: Type.Literal('filter_deleted'), id: idOf('flt') }),
    refuses: ['not_found'],
  },
} as const

const link = Type.String({
  pattern: '^pay_[0-9A-HJKMNP-TV-Z]{26}\\.[0-9]{13}\\.[A-Za-z0-9_-]{43}$',
  description: 'In the fragment of the console’s address /xray#…: no server logs it',
})
const xray = {
  makeXrayLink: {
    method: 'POST',
    path: '/v1/operator/payments/:id/xray_link',
    tag: 'Operators',
    caller: 'operator',
    roles: ['issuer', 'operator'],
    status: 200,
    summary:
      'A link by which an auditor reads this one payment, without signing in, until it ends. A ' +
      'second operator must ask for the very same.',
    params: closed({ id: idOf('pay') }),
    body: closed({ hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, default: 72 })) }),
    answer: closed({
      object: Type.Literal('xray_link'),
      /** Null while it waits for a second person. */
      link: nullable(link),
      expires_at: nullable(instant),
      waiting: nullable(secondPerson),
    }),
    refuses: ['not_found'],
  },
  readXray: {
    method: 'POST',
    path: '/v1/xray',
    tag: 'Operators',
    caller: 'anyone',
    perSecond: 5,
    status: 200,
    summary: 'Read the one payment that a link is for. Nothing is changed by it.',
    body: closed({ link }),
    answer: closed({
      object: Type.Literal('xray'),
      payment: consolePayment,
      timeline: Type.Array(timelineEntry),
      expires_at: instant,
    }),
    refuses: ['link_unknown', 'too_many_requests'],
  },
} as const

export const consoleWatch = { ...watch, ...filters, ...xray } as const
export const witnessOf = (text: string): { readonly size: number; readonly head: string } => {
  const [size = '', head = ''] = text.split(':')
  return { size: Number(size), head }
}
