/** Handlers: what people did here, what the vault did, and whether both chains hold. */
import { witnessOf } from '@warifu/protocol/console-watch'
import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { VaultOutput } from '@warifu/protocol/vault'
import type { ActLogRow, ConsolePeople } from '#people'
import type { VaultClient } from '#vault-client'
import type { Handlers } from './handler.ts'
import { pageBy } from './page.ts'

type Rooms = {
  readonly consolePeople: ConsolePeople
  readonly vault: Pick<VaultClient, 'call'>
}
type Names = 'listActRecords' | 'listVaultKeys' | 'listVaultRecords' | 'verifyAudit'
type Shown = Reply<'listActRecords'>['data'][number]
type Record = VaultOutput<'audit_page'>['records'][number]

const actRecord = ({ at_ms, ...row }: ActLogRow): Shown => ({
  ...row,
  object: 'act_record',
  at: new Date(at_ms).toISOString(),
})

export const auditHandlers = ({ consolePeople, vault }: Rooms): Handlers<Names> => ({
  listActRecords: async ({ query: { who, what, subject, ...asked } }) =>
    done(
      await pageBy('/v1/operator/audit/acts', asked, {
        read: async (page) =>
          (
            await consolePeople.actLog({
              ...page,
              before: numberOf(page.before),
              who,
              what,
              subject,
            })
          ).map(actRecord),
        cursorOf: ({ seq }: Shown) => String(seq),
      }),
    ),
  listVaultKeys: async () => {
    const told = await vault.call('list_keys', {})
    if (!told.ok) throw new Error('the vault did not list its keys')
    const data = told.output.keys.map((key) => ({ object: 'vault_key_record' as const, ...key }))
    const list = { object: 'list' as const, url: '/v1/operator/keys' }
    return done({ ...list, has_more: false, next_cursor: null, data })
  },
  listVaultRecords: async ({ query }) =>
    done(
      await pageBy('/v1/operator/audit/vault', query, {
        read: async ({ limit, before }) =>
          (await newestRecords(vault, Number(numberOf(before) ?? 0), limit)).map(vaultRecord),
        cursorOf: ({ seq }: { readonly seq: number }) => String(seq),
      }),
    ),
  verifyAudit: async ({ query: { acts }, nowMs }) => {
    const people = await consolePeople.verifyActLog(
      acts === undefined ? undefined : witnessOf(acts),
    )
    return done({
      object: 'audit_verification' as const,
      at: new Date(nowMs).toISOString(),
      acts: people,
      vault: await consolePeople.verifyVault(nowMs),
    })
  },
})

/** A place in a list of records is a number; another word names nothing. */
const numberOf = (before: string | undefined): string | undefined =>
  before !== undefined && /^[0-9]{1,15}$/.test(before) ? before : undefined

const vaultRecord = ({ seq, at, calls }: Record) => ({
  object: 'vault_record' as const,
  seq,
  at,
  calls: calls.map((call) => ({ ...call })),
})

/** The vault answers forwards; the newest of a page are the last of it. */
async function newestRecords(
  vault: Rooms['vault'],
  before: number,
  limit: number,
): Promise<Record[]> {
  const told = await vault.call('audit_head', {})
  if (!told.ok) throw new Error('the vault refused its own head')
  // Of several vaults the first: a list goes on in the chain that it began in.
  const chain = told.output.chains[0] ?? told.output.chain
  const head = await vault.call('audit_head', { chain })
  if (!head.ok) throw new Error('the vault refused a head')
  const end = before > 0 ? before - 1 : head.output.size
  const page = await vault.call('audit_page', { chain, after: Math.max(0, end - limit) })
  if (!page.ok) throw new Error('the vault refused a page')
  return page.output.records.filter(({ seq }) => seq <= end).reverse()
}
