/**
 * Another root key: the domain keys are wrapped anew, and nothing below them changes. Running
 * vaults hold domain keys, not the root, so they go on; each finds the new root at its next start.
 * So a passphrase is changed, and so a file gives way to an HSM (SP 800-57 Part 1 r5 §8.2.3.2).
 */
import type { KeyStore } from './key-store.ts'
import { OperatorError } from './operator-acts.ts'
import { asBytes, type Store } from './store.ts'
import type { World } from './world.ts'

type Row = {
  readonly name: string
  readonly version: number
  readonly wrapped: Uint8Array
  readonly wrapped_by: string
}
type Roots = { readonly from: KeyStore; readonly to: KeyStore }

/** `owner`: the vault's own role cannot change a key. All of them move, or none. */
export async function rotateRoot(
  { audit }: World,
  owner: Store,
  { from, to }: Roots,
): Promise<{ readonly from: string; readonly to: string; readonly keys: number }> {
  const before = from.root.check_value
  if (before === to.root.check_value) throw new OperatorError('The next root key is this one.')
  return await owner.begin(async (sql) => {
    const rows = await sql<Row[]>`
      select name, version, wrapped, wrapped_by from keys.domain where wrapped <> '' for update`
    for (const { name, version, wrapped, wrapped_by } of rows) {
      if (wrapped_by !== before)
        throw new OperatorError(`${name}.${version} is wrapped by another root: ${wrapped_by}.`)
      using key = await from.unwrap(asBytes(wrapped))
      const anew = await key.use((bytes) => to.wrap(bytes))
      await sql`
        update keys.domain set wrapped = ${anew}, wrapped_by = ${to.root.check_value}
         where name = ${name} and version = ${version}`
    }
    await audit.append(sql, [{ operation: 'rotate_root', key: to.root.check_value, result: 'ok' }])
    return { from: before, to: to.root.check_value, keys: rows.length }
  })
}
