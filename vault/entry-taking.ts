/**
 * The way to `entry.open`, which takes the counters of messages whose MACs were verified: arrays
 * side by side, one place of each for a call.
 */
import type { Sql } from './store.ts'

/** One call. Of one that was refused before, the audit is told no more than its refusal. */
export type Taking = {
  readonly device: string
  readonly ksn: string
  readonly refusal?: string
  readonly message?: Named
  /** The keyed hash of its number; left out where authentic bytes held no card. */
  readonly panIndex?: Uint8Array | undefined
}
/** A message whose MAC was verified: its key, its counter, and “the same bytes”. */
export type Named = {
  readonly keyId: string
  readonly counter: number
  readonly digest: Uint8Array
}

/** What `entry.open` tells of a call. */
export type Taken = {
  /** `ok`, or a refusal. */
  readonly code: string
  readonly card: `crd_${string}` | null
  readonly last4: string | null
  readonly expiry_mac: Uint8Array
  readonly code_mac: Uint8Array
  readonly verifier: Uint8Array | null
  /** Of the audit chain, after this frame; null where no record was appended. */
  readonly size: string | null
}

/** `chain`: appends the record of all calls to it; null where its caller does, later. */
export function entryOpen(
  sql: Sql,
  calls: readonly Taking[],
  { nowMs, chain }: { readonly nowMs: number; readonly chain: string | null },
) {
  const all = <T>(of: (call: Taking) => T | undefined) => calls.map((call) => of(call) ?? null)
  return sql`
    entry.open(
      ${all(({ device }) => device)}, ${all(({ ksn }) => ksn)}, ${all(({ refusal }) => refusal)},
      ${all(({ message }) => message?.keyId)}, ${all(({ message }) => message?.counter)},
      ${all(({ message }) => message && hex(message.digest))}, ${twinsOf(calls)},
      ${all(({ panIndex }) => panIndex && hex(panIndex))},
      ${nowMs}, ${chain}, ${new Date(nowMs).toISOString()})`
}

/** What a call is whose counter one before it in the frame named: the same bytes, or others. */
function twinsOf(calls: readonly Taking[]): (string | null)[] {
  const first = new Map<string, Uint8Array>()
  return calls.map(({ message }) => {
    if (message === undefined) return null
    const name = `${message.keyId} ${message.counter}`
    const before = first.get(name)
    if (before === undefined) first.set(name, message.digest)
    if (before === undefined) return null
    return Buffer.compare(before, message.digest) === 0 ? 'seen' : 'ksn_replayed'
  })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
