/** Which keys there are: names, states and check values for whoever keeps the house. No key. */
import type { VaultInput, VaultOutput } from '@warifu/protocol/vault'
import type { Sql } from './store.ts'
import { type Answer, type World, yes } from './world.ts'

type Listed = VaultOutput<'list_keys'>['keys'][number]
type Row = Pick<Listed, 'name' | 'version' | 'algorithm' | 'state' | 'check_value'> & {
  readonly wrapped_by: string
  /** The check value of the root above it. */
  readonly root: string
  readonly created_at_ms: bigint
}

const instantOf = (ms: bigint) => new Date(Number(ms)).toISOString()

/** The root, the domain keys under it, and under one of those the base keys of entry devices. */
export async function listKeys(
  { root }: World,
  sql: Sql,
  inputs: readonly VaultInput<'list_keys'>[],
): Promise<Answer<'list_keys'>[]> {
  const { kid, check_value, kind } = root
  const first: Listed = {
    ...{ name: kid, level: 'root', version: 1, algorithm: 'AES-256-KWP', state: 'active' },
    ...{ check_value, protected_by: kind, wrapped_by: null, created_at: null },
  }
  const domains = await sql<Row[]>`
    select name, version, algorithm, state, check_value, wrapped_by, wrapped_by as root,
           created_at_ms
      from keys.domain order by name, version`
  const bases = await sql<Row[]>`
    select b.kid as name, b.generation as version, b.suite as algorithm, b.state, b.check_value,
           d.check_value as wrapped_by, d.wrapped_by as root, b.created_at_ms
      from entry.base_key b join keys.domain d on d.name = 'entry' and d.state = 'active'
     order by b.kid`
  const under = (level: Listed['level'], parent: string) => (row: Row) => {
    const { created_at_ms: madeMs, wrapped_by: parentCheck, root: above, ...key } = row
    const protected_by = above === check_value ? kind : null
    const wrapped_by = { kid: parent, check_value: parentCheck }
    return { ...key, level, protected_by, wrapped_by, created_at: instantOf(madeMs) }
  }
  const keys = [first, ...domains.map(under('domain', kid)), ...bases.map(under('base', 'entry'))]
  return inputs.map(() => yes({ keys }))
}
