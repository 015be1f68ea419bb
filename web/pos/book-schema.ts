/**
 * The tables of the till's own book (SQLite, one file), and the form in which their rows are read.
 *
 * What will be asked of the platform is written down first, with its idempotency key; what the
 * platform answers is written beside it. Between the two the process may die at any moment.
 */
import type { DatabaseSync } from 'node:sqlite'
import { idOf } from '@warifu/protocol/ids'
import { paymentMoves } from '@warifu/protocol/moves'
import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'

/** Each is applied once, in order; `user_version` counts them. Never edit one that has shipped. */
const migrations = [
  `create table purchase (
     number integer primary key autoincrement,
     key text not null unique,
     draft text not null unique,
     place text not null check (place in ('till', 'shop')),
     lines text not null,
     amount integer not null check (amount > 0),
     currency text not null,
     return_url text,
     created_ms integer not null,
     idempotency_key text not null unique,
     tries integer not null default 0,
     doubt integer not null default 0,
     refusal text,
     status text not null default 'asking',
     payment text unique,
     link text,
     deadline_at text,
     captured integer not null default 0,
     refunded integer not null default 0,
     last4 text,
     declined_because text
   ) strict;
   create index purchase_by_time on purchase (created_ms);
   create table act (
     id integer primary key autoincrement,
     number integer not null references purchase,
     kind text not null check (kind in ('cancel', 'refund')),
     draft text not null unique,
     amount integer,
     idempotency_key text not null unique,
     asked_ms integer not null,
     answer text
   ) strict;
   create index act_unanswered on act (number) where answer is null;
   create table movement (
     number integer not null references purchase,
     kind text not null check (kind in ('captured', 'refunded')),
     amount integer not null check (amount > 0),
     at_ms integer not null
   ) strict;
   create index movement_by_time on movement (at_ms);
   create table stream (one integer primary key check (one = 1), place text not null) strict;`,
  `alter table purchase add column asked text;
   alter table purchase add column presentment text;
   alter table purchase add column phone text;
   alter table purchase add column to_keep integer not null default 0;
   create index purchase_to_keep on purchase (number) where to_keep = 1;
   create table customer (
     phone text primary key,
     token text not null,
     last4 text not null,
     number integer not null references purchase
   ) strict;`,
  'alter table purchase add column match_number text;',
  // Cash and transfers (`sale`: the platform's name for them), why money went back, kept cards.
  `alter table purchase add column sale text;
   alter table purchase add column received integer;
   alter table purchase add column transfer_reference text;
   alter table purchase add column arrived_ms integer;
   alter table act add column reason text;
   alter table act add column answered_ms integer;
   alter table customer add column token_id text;
   alter table customer add column kept_ms integer not null default 0;
   alter table customer add column forgetting integer not null default 0;
   create index purchase_untold on purchase (number)
    where sale is null and status = 'captured' and refusal is null;
   create index purchase_changing on purchase (number) where status = 'authorized';`,
]

export function migrate(db: DatabaseSync): void {
  const [row] = db.prepare('pragma user_version').all()
  const applied = Number(row?.['user_version'] ?? 0)
  for (const [at, script] of migrations.entries()) {
    if (at < applied) continue
    db.exec(`begin immediate; ${script} pragma user_version = ${at + 1}; commit`)
  }
}

const text = Type.String()
const whole = Type.Integer()
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const statuses = [...Object.keys(paymentMoves), 'asking', 'refused', 'expected']

/** How the customer pays (`PayWay`); null: by the link. */
export const askedWays = [
  ...(['code', 'phone', 'reader', 'beacon', 'saved'] as const), // asked of the platform at once
  ...(['device', 'moto'] as const), // entered at the shop's own device first
  ...(['cash', 'transfer'] as const), // the shop takes the money itself
] as const

export type AskedWay = (typeof askedWays)[number]

export const purchaseRow = Type.Object({
  number: whole,
  key: text,
  draft: text,
  place: Type.Union([Type.Literal('till'), Type.Literal('shop')]),
  lines: text,
  amount: whole,
  currency: text,
  return_url: nullable(text),
  /** How the customer pays, by what presentment, and whose number it is. */
  asked: nullable(Type.Unsafe<AskedWay>({ type: 'string', enum: [...askedWays] })),
  presentment: nullable(text),
  phone: nullable(text),
  /** Once it is paid, a token is to be made of its card. */
  to_keep: whole,
  created_ms: whole,
  idempotency_key: text,
  tries: whole,
  doubt: whole,
  refusal: nullable(text),
  status: Type.Unsafe<keyof typeof paymentMoves | 'asking' | 'refused' | 'expected'>({
    type: 'string',
    enum: statuses,
  }),
  payment: nullable(idOf('pay')),
  link: nullable(text),
  deadline_at: nullable(text),
  match_number: nullable(text),
  captured: whole,
  refunded: whole,
  last4: nullable(text),
  declined_because: nullable(text),
  /** The platform's name for cash or a transfer, once it has it in its list. */
  sale: nullable(idOf('sal')),
  /** Cash that the customer gave. */
  received: nullable(whole),
  transfer_reference: nullable(text),
  arrived_ms: nullable(whole),
})
export type PurchaseRow = Static<typeof purchaseRow>

export const actRow = Type.Object({
  id: whole,
  number: whole,
  kind: Type.Union([Type.Literal('cancel'), Type.Literal('refund')]),
  draft: text,
  amount: nullable(whole),
  idempotency_key: text,
  asked_ms: whole,
  /** Null until the platform has answered; then `done` or the code of its refusal. */
  answer: nullable(text),
  /** Why money goes back, in the shop's own words. */
  reason: nullable(text),
  answered_ms: nullable(whole),
})
export type ActRow = Static<typeof actRow>

export const customerRow = Type.Object({
  phone: text,
  token: text,
  last4: text,
  token_id: nullable(idOf('tok')),
  kept_ms: whole,
  number: whole,
})
export type CustomerRow = Static<typeof customerRow>

export type Purchase = PurchaseRow
export type Act = ActRow
export type NewPurchase = Pick<
  PurchaseRow,
  | 'key'
  | 'draft'
  | 'place'
  | 'lines'
  | 'amount'
  | 'currency'
  | 'return_url'
  | 'asked'
  | 'presentment'
  | 'phone'
  | 'to_keep'
  | 'created_ms'
  | 'idempotency_key'
  | 'received'
>
export type NewAct = Omit<ActRow, 'id' | 'answer' | 'answered_ms'>

/** The work is one transaction: all of it is on the disk, or nothing. */
export type Within = <T>(work: () => T) => T

/** A row as it must be; another one means that somebody else wrote into the book. */
export function rowOf<T extends TSchema>(schema: T, row: unknown): Static<T> {
  if (Check(schema, row)) return row
  throw new Error('the till’s book has a row that the till did not write')
}
