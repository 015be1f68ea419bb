/**
 * `node vault/verify-audit/main.ts [--chain NAME] [--key THUMBPRINT] [--witness SIZE:HEAD]`
 * Verifies the audit chains with the auditor's role (VAULT_AUDIT_DATABASE_URL), which can read the
 * audit and nothing else: all of them, a line each, or the one named. Without --key the answer
 * names the signing key: compare it yourself.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type AuditQuestion, chainsOf, verifyAuditChain } from '@warifu/vault/audit-chain'
import { openStore, type Store } from '@warifu/vault/store'

type Question = Omit<AuditQuestion, 'chain'> & { readonly chain?: string }

function readQuestion(): Question {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { chain: text, key: text, witness: text } })
  const [, size, head] = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/.exec(values.witness ?? '') ?? []
  if (values.witness !== undefined && head === undefined)
    throw new Error('--witness is SIZE:HEAD, as audit_head answered.')
  if (values.witness !== undefined && values.chain === undefined)
    throw new Error('--witness is of one chain: --chain names it.')
  return {
    ...(values.chain === undefined ? {} : { chain: values.chain }),
    ...(values.key === undefined ? {} : { key: values.key }),
    ...(head === undefined ? {} : { witness: { size: Number(size), head } }),
  }
}

/** A misspelt name has no records, and so no fault: it must not pass for one that was verified. */
async function chainsAsked(store: Store, { chain }: Question): Promise<readonly string[]> {
  const known = await chainsOf(store)
  if (chain === undefined || known.includes(chain)) return chain === undefined ? known : [chain]
  throw new Error(`there is no chain ${chain}, only ${known.join(', ') || 'none at all'}`)
}

const url = process.env['VAULT_AUDIT_DATABASE_URL']
if (url === undefined || url === '') {
  process.stderr.write('VAULT_AUDIT_DATABASE_URL is not set.\n')
  process.exit(1)
}
const store = openStore({ url, connections: 1 })
try {
  const question = readQuestion()
  for (const chain of await chainsAsked(store, question)) {
    const verdict = await verifyAuditChain(store, { ...question, chain })
    process.stdout.write(`${JSON.stringify({ chain, ...verdict })}\n`)
    if (!verdict.ok) process.exitCode = 1
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown'
  process.stderr.write(`The audit could not be verified: ${reason}\n`)
  process.exitCode = 1
} finally {
  await store.end({ timeout: 5 })
}
