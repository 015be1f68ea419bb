/**
 * The API keys that were looked up a moment ago. A key's owner never changes; that it was revoked
 * may be seen a second late on a process that has just used it, which saves a round trip for each
 * request of a busy till. Kept by digest: no key stands in this memory.
 */
import { hash } from 'node:crypto'
import type { Db } from '#store'
import { type KeyOwner, merchantOf } from './api-key.ts'

const KEPT_MS = 1000
const KEPT_KEYS = 10_000

export type KeyRing = (apiKey: string, nowMs: number) => Promise<KeyOwner | undefined>

export function createApiKeyRing(db: Db): KeyRing {
  const kept = new Map<string, { readonly owner: ReturnType<KeyRing>; readonly untilMs: number }>()
  const look = async (apiKey: string, nowMs: number, name: string) => {
    const owner = await merchantOf(db, apiKey)
    if (owner === undefined) return undefined
    kept.set(name, { owner: Promise.resolve(owner), untilMs: nowMs + KEPT_MS })
    const [oldest] = kept.keys()
    if (kept.size > KEPT_KEYS && oldest !== undefined) kept.delete(oldest)
    return owner
  }
  return (apiKey, nowMs) => {
    const name = hash('sha256', apiKey, 'base64')
    const known = kept.get(name)
    if (known !== undefined && nowMs < known.untilMs) return known.owner
    kept.delete(name)
    return look(apiKey, nowMs, name)
  }
}
