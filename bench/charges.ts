/**
 * Charges for the benchmark: what a till sends for cards that come with the request. One entry
 * device for each queue, as each takes its key serial numbers in order; devices and plastic come
 * out of the vault by an operator's hand, in this process, as for every bench they are many.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Sandbox } from '@warifu/cli/sandbox'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { createApp } from '@warifu/vault/app'
import { openKeyStore } from '@warifu/vault/opening'
import { admitDevice, makeBaseKey, personaliseCard } from '@warifu/vault/operator-acts'
import { type Device, type Entry, inject, send } from '@warifu/vault/rehearsal-device'
import { openStore } from '@warifu/vault/store'
import type { World } from '@warifu/vault/world'
import type { Holder } from './payments.ts'
import type { Queue } from './sending.ts'

/** One till: its device, the card that is typed on it, and that card's token. */
export type Till = { readonly device: Device; readonly typed: Entry; readonly token: string }

export async function openTills(sandbox: Sandbox, holders: readonly Holder[]): Promise<Till[]> {
  return inSecureRoom(sandbox, async (world) => {
    await makeBaseKey(world, 'aes-dukpt')
    const tills: Till[] = []
    for (const { card } of holders) {
      const device = await newDevice(sandbox, world)
      const { pan, expiry, security_code: code } = await personaliseCard(world, { card })
      const typed = { pan, expiry, code }
      tills.push({ device, typed, token: await newToken(sandbox, { device, typed }) })
    }
    return tills
  })
}

/** The vault's keys, opened with the sandbox's files as its operator would. */
async function inSecureRoom<T>(
  { operator, walletOrigin }: Sandbox,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const bytes = (size: number) => new Uint8Array(randomBytes(size))
  const keyPair = (): never => {
    throw new Error('no key pair is made here')
  }
  const chance = { bytes, keyPair }
  const config = { ...operator, chain: 'vault-bench' }
  const keyStore = await openKeyStore(config, { mayCreate: false, chance })
  const store = openStore({ url: operator.databaseUrl, connections: 2 })
  try {
    const wallet = { origin: walletOrigin, rpId: new URL(walletOrigin).hostname }
    const quiet = { probe: { decrypted: () => {} }, log: () => {} }
    const given = { wallet, connector: undefined, recoveryWaitMs: 0, ...quiet, nowMs: Date.now }
    const { world } = await createApp({ store, keyStore, chain: config.chain, chance, ...given })
    return await work(world)
  } finally {
    await store.end()
  }
}

const headersOf = ({ seed }: Sandbox, key: string) => ({
  authorization: `Bearer ${seed.api_key}`,
  'idempotency-key': key,
})

async function newDevice(sandbox: Sandbox, world: World): Promise<Device> {
  const api = { fetch, apiUrl: sandbox.url }
  const key = randomUUID()
  const body = { name: 'bench', serial_number: key, holder: 'bench' }
  const { id } = await callApi(api, 'createEntryDevice', { body, headers: headersOf(sandbox, key) })
  const injection = await admitDevice(world, { device: id, suite: 'aes-dukpt' })
  const kbpk = Uint8Array.from(Buffer.from(injection.kbpk, 'hex'))
  const blank = { key: new Uint8Array(0), keyId: '', counter: 1 }
  const device: Device = { id, suite: 'aes-dukpt', kbpk, ...blank }
  inject(device, injection)
  const moved = { status: 'active', reason: 'bench' } as const
  await callApi(api, 'moveEntryDevice', {
    params: { id },
    body: moved,
    headers: headersOf(sandbox, key),
  })
  return device
}

type Context = { readonly key: string; readonly purpose: 'payment' | 'token' }

function messageOf({ seed }: Sandbox, { device, typed }: Omit<Till, 'token'>, context: Context) {
  const { merchant } = seed
  if (!isId('mer', merchant)) throw new Error('the seed names no merchant')
  const { key, purpose } = context
  const sale = createHash('sha256').update(key).digest('base64url')
  const money = purpose === 'payment' ? { amount: 1, currency: 'jpy' } : {}
  const nothing = { amount: null, currency: null }
  const entry = 'keyed' as const
  return send(device, typed, { context: { sale, purpose, ...nothing, ...money, merchant, entry } })
}

async function newToken(sandbox: Sandbox, till: Omit<Till, 'token'>): Promise<string> {
  const key = randomUUID()
  const message = messageOf(sandbox, till, { key, purpose: 'token' })
  const body = { source: { kind: 'entry_device', message } } as const
  const headers = headersOf(sandbox, key)
  const { token } = await callApi({ fetch, apiUrl: sandbox.url }, 'createToken', { body, headers })
  if (token === null) throw new Error('a new token shows its digits')
  return token
}

/** `each` charges of every till, ready to be sent. */
export const prepareCharges = (
  sandbox: Sandbox,
  tills: readonly Till[],
  { each, by }: { readonly each: number; readonly by: 'token' | 'entry_device' },
): Queue[] =>
  tills.map((till) =>
    Array.from({ length: each }, () => {
      const key = randomUUID()
      const presentment =
        by === 'token'
          ? { kind: 'token', token: till.token }
          : { kind: 'entry_device', message: messageOf(sandbox, till, { key, purpose: 'payment' }) }
      const asked = { amount: 1, currency: 'jpy', capture_method: 'manual' }
      const body = JSON.stringify({ ...asked, presentment })
      return { path: '/v1/payments', query: '', body, headers: headersOf(sandbox, key) }
    }),
  )
