/** Which platform a merchant's command speaks to: this sandbox, or another one with its key. */
import type { Api } from '@warifu/sdk/api-call'
import { Misunderstood } from './arguments.ts'
import { findSandbox } from './sandbox-address.ts'

export type Platform = Api & { readonly apiKey: string }

export async function platformOf(command: string, apiUrl: string | undefined): Promise<Platform> {
  if (apiUrl === undefined) {
    const { api, seed } = await findSandbox()
    return { ...api, apiKey: seed.api_key }
  }
  const apiKey = process.env['WARIFU_API_KEY'] ?? ''
  if (apiKey === '')
    throw new Misunderstood(`${command} --api-url expects the key in WARIFU_API_KEY.`)
  return { fetch, apiUrl, apiKey }
}
