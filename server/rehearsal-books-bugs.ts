/**
 * For the test of the books: ways to spoil the ledger, each by a small change in one or two of its
 * SQL functions. Where the database holds the law too, its constraint goes as well.
 */
import assert from 'node:assert/strict'
import postgres from 'postgres'
import { databaseOf, type Place } from './rehearsal.ts'

type Change = readonly [from: string, to: string]
export type Bug = Fault & { readonly name: string }
export type Fault = {
  readonly edits: readonly (readonly [routine: string, ...changes: readonly Change[]])[]
  readonly drops?: readonly (readonly [table: string, constraint: string])[]
}

const unlocked: Change = ['for no key update', '']
const holdLaws = [
  ['ledger.hold', 'never_captured_more'],
  ['ledger.hold', 'never_refunded_more'],
  ['ledger.hold', 'hold_held_check'],
  ['payments.payment', 'never_captured_more'],
  ['payments.payment', 'never_refunded_more'],
] as const

export const bugs: readonly Bug[] = [
  {
    name: 'refunds are asked without a lock',
    edits: [
      ['payments.refund', unlocked],
      ['ledger.refund', unlocked],
    ],
    drops: holdLaws,
  },
  {
    name: 'captures are asked without a lock',
    edits: [
      ['payments.capture', unlocked],
      ['ledger.capture', unlocked],
    ],
    drops: holdLaws,
  },
  {
    name: 'a capture may be more than was approved',
    edits: [['ledger.over_verdict', ['when p_total >', 'when false and p_total >']]],
  },
  {
    name: 'what is above a hold is taken without funds, and owed by nobody',
    edits: [
      ['ledger.over_verdict', ['when k.force_post', 'when true']],
      ['ledger.take_over', ['receivable = receivable + lack', 'receivable = receivable']],
    ],
  },
  {
    name: 'what is above a hold is free of charge',
    edits: [
      [
        'ledger.take_over',
        ['debits_posted = debits_posted + p_over', 'debits_posted = debits_posted'],
      ],
    ],
  },
  {
    name: 'what comes in is spent before what is owed is paid',
    edits: [['ledger.recover', ['if take <= 0 then', 'if true then']]],
  },
  {
    name: 'a key is good for more than once',
    edits: [['store.once', ['if found then', 'if true then']]],
  },
  {
    name: 'a fee is rounded down',
    edits: [['settlement.fee_for', ['+ 5000', '']]],
  },
  {
    name: 'a last capture leaves the rest held',
    edits: [['ledger.capture', ['case when p_final then h.held else take end', 'take']]],
  },
  {
    name: 'a released hold still counts against the account',
    edits: [
      [
        'ledger.release',
        ['debits_pending = debits_pending - h.held', 'debits_pending = debits_pending'],
      ],
    ],
  },
  {
    name: 'a hold lapses before its time',
    edits: [
      ['ledger.lapse', ['x.expires_ms <= p_now', 'true']],
      ['ledger.lapsed', ['expires_ms <= p_now', 'true']],
    ],
  },
  {
    name: 'a settlement counts again what another has',
    edits: [['ledger.take_movements', ['and m.settlement is null', '']]],
    drops: [
      ['settlement.item', 'item_pkey'],
      ['ledger.leg', 'leg_pkey'],
    ],
  },
  {
    name: 'what arrived once arrives again',
    edits: [['ledger.receive', ['set seq = c.seq + n', 'set seq = c.seq + n - 1']]],
    drops: [
      ['ledger.movement', 'movement_pkey'],
      ['ledger.leg', 'leg_pkey'],
    ],
  },
  {
    name: 'the relay loses one of many',
    edits: [
      ['ledger.receive', ['f.seq > last order by', 'f.seq > last and f.amount % 7 > 0 order by']],
    ],
  },
  {
    name: 'what is sent does not leave clearing of its day',
    edits: [['ledger.send', ['then ledger.clearing(f.at_ms)', "then 'clearing:1'"]]],
  },
  {
    name: 'a fee is charged and not entered',
    edits: [['ledger.charge_fees', ['coalesce(sum(f.amount), 0)', '0']]],
  },
  {
    name: 'an adjustment forgets the account',
    edits: [['ledger.correct', ['credits_posted + greatest(p_amount, 0)', 'credits_posted']]],
  },
  {
    name: 'an increment is held beyond what is free',
    edits: [
      ['payments.decide_increment', ['else ((ledger', "when i.amount > 0 then 'ok' else ((ledger"]],
    ],
  },
]

/** Puts the faulty variant in the place of the function, in the database of this rehearsal only. */
export async function plant({ adminUrl, name }: Place, { edits, drops = [] }: Fault) {
  const url = new URL(adminUrl ?? '')
  url.pathname = `/${databaseOf(name)}`
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  try {
    for (const [routine, ...changes] of edits) {
      const found = await sql<{ text: string }[]>`
        select pg_get_functiondef(p.oid) as text from pg_proc p
         where p.pronamespace::regnamespace::text || '.' || p.proname = ${routine}`
      for (const { text } of found) {
        let spoilt = text
        for (const [from, to] of changes) {
          assert(spoilt.includes(from), `${routine} has no longer: ${from}`)
          spoilt = spoilt.replaceAll(from, to)
        }
        await sql.unsafe(spoilt)
      }
      assert(found.length > 0, `no function ${routine}`)
    }
    for (const [table, constraint] of drops)
      for (const one of await whereItStands(sql, table, constraint))
        await sql.unsafe(`alter table ${one.table} drop constraint ${one.name}`)
  } finally {
    await sql.end()
  }
}

/** On the table; where it is cut by time, on each partition. */
async function whereItStands(sql: postgres.Sql, table: string, constraint: string) {
  const found = await sql<{ table: string; name: string }[]>`
    select c.conrelid::regclass::text as table, c.conname as name
      from pg_constraint c left join pg_inherits i on i.inhrelid = c.conrelid
     where (c.conrelid = ${table}::regclass and c.conname = ${constraint})
        or (i.inhparent = ${table}::regclass and c.contype = 'p' and c.conparentid = 0)`
  assert(found.length > 0, `${table} has no ${constraint}`)
  return found
}
