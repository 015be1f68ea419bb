/**
 * Small trees that break one law each, and what the law must say about them. Every tree stands on
 * a sound house: what the law says without the planted file is silence.
 */
import type { File } from './code.ts'
import { lawOfLanes, onFullTables, type Planted } from './planted-sql.ts'

const manifest = (dependencies: Record<string, string>) => JSON.stringify({ dependencies })

/** Broken in the middle, so that this file itself keeps the laws. */
const later = ['TO', 'DO'].join('')
const unchecked = ['@ts', 'ignore'].join('-')
const pem = ['-----BEGIN EC PRIVATE', 'KEY-----'].join(' ')
const hole = (code: string) => ['$', '{', code, '}'].join('')
const homePath = ['', 'home', 'ada', 'house'].join('/')

/** A house that keeps every law, in as few lines as will do. */
export const soundHouse = (drawing: string): File[] => [
  {
    path: 'ARCHITECTURE.md',
    text: [
      '# Architecture',
      `The rooms: ${drawing}`,
      '## Dependencies',
      '| name | workspace | why |',
      '|---|---|---|',
      '| `typescript` | root | checks types |',
      '| `postgres` | server, vault | speaks SQL as SQL |',
      '',
    ].join('\n'),
  },
  { path: 'package.json', text: '{ "devDependencies": { "typescript": "7.0.2" } }' },
  { path: 'vault/package.json', text: manifest({ postgres: '3.4.9', '@warifu/crypto': '0.1.0' }) },
  {
    path: 'server/package.json',
    text: manifest({ postgres: '3.4.9', '@warifu/protocol': '0.1.0' }),
  },
  { path: 'protocol/ids.ts', text: 'export const LANES = 64\n' },
  { path: 'crypto/hpke.ts', text: 'export const seal = (bytes: Uint8Array) => bytes\n' },
  {
    path: 'server/store/store.ts',
    text: "import postgres from 'postgres'\nexport const open = (url: string) => postgres(url)\n",
  },
  {
    path: 'server/ledger/ledger.ts',
    text: [
      "import { open } from '#store'",
      "import { legs } from './legs.ts'",
      `export const hold = () => open\`select store.claim(${hole('1')}), ledger.authorize(2)`,
      '  from ledger.hold h where h.store = 1 -- people.cardholder is not read here`',
      'export const book = () => legs',
      '',
    ].join('\n'),
  },
  { path: 'server/ledger/legs.ts', text: 'export const legs = [/["/]/, `people`] as const\n' },
  {
    path: 'server/ledger/migrations/0001-ledger.sql',
    text: [
      'create schema ledger;',
      "create table ledger.hold (lane int, note text default 'now() people.cardholder',",
      '  id text, primary key (lane, id));',
      'create function ledger.authorize(n int) returns int language sql as $$',
      '  select store.claim(n) /* random() */ $$;',
      'grant execute on function ledger.authorize to warifu_app;',
    ].join('\n'),
  },
  {
    path: 'server/people/people.ts',
    text: 'export const people = (nowMs: number) => new Date(nowMs)\n',
  },
  {
    path: 'server/people/migrations/0001-people.sql',
    text:
      'create schema people;\n' +
      'create table people.cardholder (lane int, id text, primary key (lane, id));\n',
  },
  { path: 'server/merchants/merchants.ts', text: 'export const merchants = []\n' },
  {
    path: 'server/main.ts',
    text: "import { book } from '#ledger'\nexport const at = [Date.now(), book]\n",
  },
  {
    path: 'vault/seal.ts',
    text: "import { seal } from '@warifu/crypto/hpke'\nexport const close = seal\n",
  },
]

const inLedger = (text: string) => ({ path: 'server/ledger/planted.ts', text })
const inVault = (text: string) => ({ path: 'vault/planted.ts', text })
const ledgerSql = (text: string) => ({ path: 'server/ledger/migrations/0002-planted.sql', text })
const vaultSql = (text: string) => ({ path: 'vault/migrations/0001-planted.sql', text })
const lines = (count: number, line = '  step()') => Array<string>(count).fill(line).join('\n')

const seeing: readonly Planted[] = [
  {
    law: 'sight',
    ...inVault("import { book } from '@warifu/server/main'"),
    says: /vault may not see server/,
  },
  {
    law: 'sight',
    ...inLedger("import { seal } from '@warifu/vault/seal'"),
    says: /may not see vault/,
  },
  {
    law: 'sight',
    ...inLedger("import { people } from '#people'"),
    says: /may not see server\/people/,
  },
  {
    law: 'sight',
    path: 'server/people/x.ts',
    text: "\nimport '#merchants'",
    line: 2,
    says: /may not see server\/merchants/,
  },
  {
    law: 'sight',
    path: 'crypto/x.ts',
    text: "import '@warifu/protocol/ids'",
    says: /crypto may not see protocol/,
  },
  {
    law: 'sight',
    path: 'devices/sim/sim.ts',
    text: "import '@warifu/vault/seal'",
    says: /devices may not see vault/,
  },
  {
    law: 'sight',
    path: 'sdk/client.ts',
    text: "import '@warifu/server/main'",
    says: /sdk may not see server/,
  },
  {
    law: 'sight',
    path: 'server/loyalty/loyalty.ts',
    text: '',
    says: /server\/loyalty: add it to maySee/,
  },
  { law: 'sight', path: 'cellar/wine.ts', text: '', says: /cellar: add it to maySee/ },
  { law: 'sight', ...inLedger("import '#loyalty'"), says: /no such room; add it to maySee/ },
  {
    law: 'sight',
    ...inLedger("const legs = await import('../people/people.ts')"),
    says: /not in the language/,
  },
  {
    law: 'sight',
    ...inVault("new URL('../server/main.ts', import.meta.url)"),
    says: /not in the language/,
  },
  { law: 'sight', ...inLedger("import '#store/claim'"), says: /one door/ },
  { law: 'sight', ...inVault("import '#store'"), says: /only the server has rooms/ },
  {
    law: 'sight',
    path: 'server/app.ts',
    text: "import './ledger/legs.ts'",
    says: /a neighbour is #room/,
  },
  {
    law: 'sight',
    path: 'cli/x.ts',
    text: "import '@warifu/server/ledger/legs'",
    says: /no deep imports/,
  },
  { law: 'sight', ...inLedger("import { book } from './ledger.ts'"), says: /its own door/ },
  { law: 'sight', ...inLedger("import { book } from '#ledger'"), says: /its own door/ },
  { law: 'sight', ...inLedger("export { open } from '#store'"), says: /no barrels/ },
  { law: 'sight', ...inVault("import '@warifu/crypto/absent'"), says: /does not exist/ },
  {
    law: 'cycles',
    path: 'server/ledger/legs.ts',
    text: "import type { book } from './ledger.ts'",
    says: /a cycle: /,
  },
  {
    law: 'map',
    path: 'ARCHITECTURE.md',
    text: 'server → vault',
    says: /draw: protocol, crypto → store/,
  },
  { law: 'doors', path: 'server/tokens/token.ts', text: '', says: /one door with its name/ },
  { law: 'doors', ...inLedger("\nexport * from './legs.ts'"), line: 2, says: /no export \*/ },
  { law: 'doors', ...inVault('export default 1'), says: /no default exports/ },
  { law: 'doors', ...inVault('const a = 1\nexport { a as default }'), says: /no default exports/ },
  { law: 'doors', path: 'server/ledger/utils.ts', text: '', says: /no rooms for leftovers/ },
  { law: 'doors', path: 'vault/common/a.ts', text: '', says: /no rooms for leftovers/ },
  { law: 'doors', path: 'crypto/index.ts', text: '', says: /no rooms for leftovers/ },
]

const asking: readonly Planted[] = [
  {
    law: 'sql-sight',
    ...ledgerSql('select 1;\nselect * from people.cardholder'),
    line: 2,
    says: /may not see people/,
  },
  {
    law: 'sql-sight',
    ...ledgerSql('create function ledger.f() returns int as $$ select payments.pay() $$'),
    says: /may not see payments/,
  },
  {
    law: 'sql-sight',
    ...ledgerSql('create table ledger.a (id text references "people"."cardholder")'),
    says: /may not see people/,
  },
  { law: 'sql-sight', ...ledgerSql('select * from store.claim'), says: /another room's table/ },
  {
    law: 'sql-sight',
    ...ledgerSql('create table store.claim (id text)'),
    says: /makes nothing in the schema store/,
  },
  {
    law: 'sql-sight',
    ...ledgerSql('create table hold (id text)'),
    says: /write its schema, ledger\.hold/,
  },
  {
    law: 'sql-sight',
    ...ledgerSql('set search_path to people, ledger'),
    says: /search_path names people/,
  },
  {
    law: 'sql-sight',
    ...ledgerSql("do $$ begin execute 'drop table people.x'; end $$"),
    says: /no dynamic SQL/,
  },
  {
    law: 'sql-sight',
    ...inLedger('const a = sql`\n  select id from people.cardholder`'),
    line: 2,
    says: /may not see people/,
  },
  {
    law: 'sql-sight',
    ...inLedger("const a = sql.unsafe('select payments.pay(1)')"),
    says: /may not see payments/,
  },
  {
    law: 'sql-sight',
    ...inLedger('const a = sql`insert into store.claim (id) values (1)`'),
    says: /another room's table/,
  },
  {
    law: 'sql-sight',
    path: 'server/merchants/m.ts',
    text: 'sql`select a from ledger.hold`',
    says: /another room's table/,
  },
  {
    law: 'sql-sight',
    path: 'server/app.ts',
    text: 'sql`select lane from ledger.hold`',
    says: /another room's table/,
  },
  { law: 'sql-words', ...ledgerSql('select 1,\n  now()'), line: 2, says: /no clock/ },
  {
    law: 'sql-words',
    ...vaultSql('create table a.b (at timestamptz default current_timestamp)'),
    says: /no clock/,
  },
  { law: 'sql-words', ...vaultSql('select clock_timestamp()'), says: /no clock/ },
  { law: 'sql-words', ...inVault('const a = sql`select gen_random_uuid()`'), says: /no chance/ },
  { law: 'sql-words', ...inLedger('const a = sql`select random()`'), says: /no chance/ },
  {
    law: 'sql-words',
    ...ledgerSql('create trigger t before insert on ledger.hold'),
    says: /no triggers/,
  },
  { law: 'sql-words', ...ledgerSql('unique (id) deferrable'), says: /no deferrable/ },
  { law: 'sql-words', ...ledgerSql('create table ledger.a (id bigserial)'), says: /no serial/ },
  { law: 'sql-words', ...ledgerSql('id int generated always as identity'), says: /no serial/ },
  { law: 'sql-words', ...ledgerSql('select pg_advisory_xact_lock(1)'), says: /no advisory locks/ },
  { law: 'sql-words', ...ledgerSql("select pg_notify('a', 'b')"), says: /no LISTEN/ },
  { law: 'sql-words', ...inLedger("await sql.listen('paid', pay)"), says: /no LISTEN/ },
  { law: 'sql-words', ...ledgerSql('create temp table a (id int)'), says: /no temporary tables/ },
]

const growing: readonly Planted[] = [
  {
    law: 'edges',
    ...inLedger('const a = 1\nconst b = Date.now()'),
    line: 2,
    says: /time is passed in/,
  },
  { law: 'edges', ...inVault('const a = new Date()'), says: /time is passed in/ },
  { law: 'edges', ...inVault(`const a = \`${hole('new Date')}\``), says: /time is passed in/ },
  {
    law: 'edges',
    path: 'crypto/x.ts',
    text: 'export const a = Math.random()',
    says: /chance is passed in/,
  },
  {
    law: 'edges',
    ...inLedger("import { randomUUID } from 'node:crypto'"),
    says: /chance is passed in/,
  },
  { law: 'edges', path: 'devices/sim/sim.ts', text: 'crypto.getRandomValues(a)', says: /chance/ },
  { law: 'edges', path: 'sdk/paging.ts', text: 'const a = Math.random()', says: /chance/ },
  {
    law: 'edges',
    path: 'devices/sim/sim.ts',
    text: 'crypto.subtle.generateKey(a)',
    says: /a new key is chance/,
  },
  { law: 'edges', ...inVault("const a = process.env['A']"), says: /environment is read once/ },
  { law: 'edges', ...inLedger('setTimeout(tick, 10)'), says: /only main\.ts waits/ },
  {
    law: 'edges',
    ...inLedger("import { setTimeout as wait } from 'node:timers/promises'"),
    says: /only main\.ts/,
  },
  {
    law: 'size',
    ...inLedger(`const a = 1\nfunction long(): void {\n${lines(69)}\n}`),
    line: 2,
    says: /long: 71 lines/,
  },
  {
    law: 'size',
    ...inLedger(`export const far = async (a: number): Promise<{ b: 1 }> => {\n${lines(69)}\n}`),
    says: /far: 71 lines/,
  },
  { law: 'size', ...inLedger(lines(401, 'step()')), says: /401 lines in a file/ },
  { law: 'size', ...ledgerSql(lines(401, 'select 1;')), says: /401 lines in a file/ },
  { law: 'size', ...inLedger(`\n// ${'x'.repeat(98)}`), line: 2, says: /101 columns/ },
  { law: 'words', ...inLedger('const a: any = 1'), says: /no any/ },
  { law: 'words', ...inLedger('const a = 1 as any'), says: /no any/ },
  { law: 'words', ...inLedger(`// ${unchecked}`), says: /no way around/ },
  { law: 'words', path: 'vault/a.test.ts', text: "test.skip('a', b)", says: /every test runs/ },
  {
    law: 'words',
    path: 'vault/a.test.ts',
    text: "test('a', { only: true }, b)",
    says: /every test runs/,
  },
  { law: 'words', path: 'vault/a.test.ts', text: "test.todo('a')", says: /every test runs/ },
  { law: 'words', ...inVault("console.log('a')"), says: /printing is for/ },
  { law: 'words', path: 'CONTRIBUTING.md', text: `${later}: write it`, says: /write an issue/ },
  {
    law: 'guests',
    path: 'vault/package.json',
    text: manifest({ postgres: '1', leftpad: '1' }),
    says: /leftpad: write it into ARCH.*for vault/,
  },
  {
    law: 'guests',
    path: 'vault/package.json',
    text: '{}',
    says: /postgres: vault does not depend on it/,
  },
  {
    law: 'guests',
    path: 'package.json',
    text: '{ "devDependencies": { "vite": "8" } }',
    says: /vite: .*for root/,
  },
  {
    law: 'uninvited',
    ...inVault("import fastify from 'fastify'"),
    says: /fastify is not in vault/,
  },
  {
    law: 'uninvited',
    ...inVault("import { a } from '@warifu/protocol/ids'"),
    says: /protocol is not in vault/,
  },
  {
    law: 'traces',
    path: 'docs/a.md',
    text: `\nsee ${homePath}`,
    line: 2,
    says: /a machine's path/,
  },
  { law: 'traces', path: '.env', text: '/far/away/checkout/file', says: /a machine's path/ },
  { law: 'traces', path: 'crypto/key.txt', text: pem, says: /key material/ },
  {
    law: 'traces',
    path: 'package-lock.json',
    text: ['"resolved":', '"http://10.0.0.1/a.tgz"'].join(' '),
    says: /registry/,
  },
]

export const planted: readonly Planted[] = [
  ...seeing,
  ...asking,
  ...growing,
  ...lawOfLanes,
  ...onFullTables,
]
