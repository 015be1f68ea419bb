/** Violations in SQL that distributed PostgreSQL, or a full table, could not take. */

export type Planted = {
  readonly law: string
  readonly path: string
  readonly text: string
  readonly line?: number
  readonly says: RegExp
}

const account = 'create table ledger.a (lane smallint not null, id text, primary key (lane, id))'
const lanesInSql = (
  [
    ['create table ledger.a (lane smallint, id text primary key)', /leads the primary key/],
    ['create table ledger.a (lane smallint, id text, primary key (id, lane))', /leads the primary/],
    ['create table ledger.a (lane smallint, id text)', /is missing/],
    ['create table ledger.a (id text primary key)', /does not name it as copied/],
    ['create unlogged table ledger.a (id text primary key)', /does not name it as copied/],
    [account.replace('id text', 'id text unique'), /unique with its lane only/],
    [account.replace('primary', 'unique (id), primary'), /nothing is unique without/],
    [account.replace('id text', 'id text references ledger.hold (id)'), /foreign key without/],
    [account.replace('id text', 'id text, at timestamptz'), /bigint milliseconds/],
    [`${account};create unique index a_id on ledger.a (id)`, /nothing is unique without/],
    [`${account};select from ledger.hold h join ledger.a x on x.id = h.id`, /joined without/],
    [`${account};update ledger.a set at = at + interval '1 day' where lane = 1`, /count milli/],
  ] as const
).map(([sql, says]) => ({
  law: 'lanes',
  path: 'server/ledger/migrations/0009-a.sql',
  text: sql,
  says,
}))
const copied = '\n## Copied to every machine\n\n| ledger | `ledger.gone` |\n'
export const lawOfLanes: readonly Planted[] = [
  ...lanesInSql,
  { law: 'lanes', path: 'docs/scaling.md', text: copied, says: /ledger\.gone is no table/ },
]

const fullTable = (sql: string, says: RegExp): Planted => ({
  law: 'migrations',
  ...{ path: 'server/ledger/migrations/0100-more.sql', text: `-- on a full table\n${sql}`, says },
})
export const onFullTables: readonly Planted[] = [
  fullTable('create index a on ledger.hold (id)', /concurrently/),
  fullTable('create index concurrently a on ledger.hold (id)', /outside a transaction/),
  fullTable('-- outside a transaction\nselect 1;\nselect 2', /stands one statement/),
  fullTable('drop index ledger.a', /concurrently/),
  fullTable('reindex table ledger.hold', /reindex concurrently/),
  fullTable('alter table ledger.hold add column a text default md5(id)', /rewrites/),
  fullTable('alter table ledger.hold add a int generated always as (1) stored', /rewrites/),
  fullTable('alter table ledger.hold add column a int not null', /needs a default/),
  fullTable('alter table ledger.hold alter column id type int', /rewrites/),
  fullTable('alter table ledger.hold alter column id set not null', /reads the table/),
  fullTable('alter table ledger.hold add constraint a check (id > 1)', /reads the table/),
  fullTable('alter table ledger.hold add unique (lane, id)', /builds an index/),
  fullTable('alter table ledger.hold rename column id to name', /the old name/),
  fullTable('lock table ledger.hold', /locks the table/),
  fullTable('alter table ledger.hold detach partition ledger.hold_1', /detach concurrently/),
  fullTable('update ledger.hold set id = 1', /all rows at once/),
  fullTable(
    'alter table ledger.hold add constraint a check (id > 1) not valid;\n' +
      'alter table ledger.hold validate constraint a',
    /in a later file/,
  ),
]
