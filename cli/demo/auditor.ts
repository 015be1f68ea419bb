/** An auditor of the sandbox: reads a payment whole, also what its merchant may not read of it. */
import { randomUUID } from 'node:crypto'
import { operateServer } from '@warifu/cli/operators'
import type { Id } from '@warifu/protocol/ids'
import type { TimelineEntry } from '@warifu/protocol/objects'
import { callApi } from '@warifu/sdk/api-call'
import type { Place } from './world.ts'

export type Auditor = (payment: Id<'pay'>) => Promise<readonly TimelineEntry[]>

export async function newAuditor({ serverDatabase, url: apiUrl }: Place): Promise<Auditor> {
  const name = `Auditor ${randomUUID().slice(0, 8)}`
  const { token } = JSON.parse(await operateServer(serverDatabase.url, ['add', name, 'auditor']))
  const headers = { authorization: `Bearer ${token}` }
  return async (id) =>
    (await callApi({ fetch, apiUrl }, 'readPayment', { params: { id }, headers })).timeline
}
