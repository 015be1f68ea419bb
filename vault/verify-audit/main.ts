/**
 * `node vault/verify-audit/main.ts [--chain NAME] [--key THUMBPRINT] [--witness SIZE:HEAD]`
 * Verifies the audit chain with the auditor's role (VAULT_AUDIT_DATABASE_URL), which can read the
 * audit and nothing else. Without --key the answer names the signing key: compare it yourself.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type AuditQuestion, verifyAuditChain } from '@warifu/vault/audit-chain'
import { openStore } from '@warifu/vault/store'

function readQuestion(): AuditQuestion {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { chain: text, key: text, witness: text } })
  const [, size, head] = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/.exec(values.witness ?? '') ?? []
  if (values.witness !== undefined && head === undefined)
    throw new Error('--witness is SIZE:HEAD, as audit_head answered.')
  return {
    chain: values.chain ?? 'vault-1',
    ...(values.key === undefined ? {} : { key: values.key }),
    ...(head === undefined ? {} : { witness: { size: Number(size), head } }),
  }
}

const url = process.env['VAULT_AUDIT_DATABASE_URL']
if (url === undefined || url === '') {
  process.stderr.write('VAULT_AUDIT_DATABASE_URL is not set.\n')
  process.exit(1)
}
const store = openStore({ url, connections: 1 })
try {
  const verdict = await verifyAuditChain(store, readQuestion())
  process.stdout.write(`${JSON.stringify(verdict)}\n`)
  if (!verdict.ok) process.exitCode = 1
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown'
  process.stderr.write(`The audit could not be verified: ${reason}\n`)
  process.exitCode = 1
} finally {
  await store.end({ timeout: 5 })
}
