/**
 * The server's only way to the vaults: one or several processes on one database. A call whose line
 * is cut before its answer is asked of the next vault, the same bytes: every operation is
 * idempotent, and what one vault has written down the others read. Vaults answer with references,
 * digests and ciphertext: nothing here ever holds a number.
 */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type {
  VaultAnswer,
  VaultInput,
  VaultOperation,
  VaultOutput,
  VaultRefusal,
} from '@warifu/protocol/vault'
import { homeOf, orderOf } from './choosing.ts'
import { type Ask, createLine, type Line, VaultUnavailable } from './line.ts'

export { VaultUnavailable } from './line.ts'

export type VaultReply<O extends VaultOperation> =
  | { readonly ok: true; readonly output: VaultOutput<O> }
  | { readonly ok: false; readonly refusal: VaultRefusal }

export type VaultClient = {
  readonly call: <O extends VaultOperation>(
    operation: O,
    input: VaultInput<O>,
  ) => Promise<VaultReply<O>>
  readonly close: () => void
}

type Needs = {
  /**
   * For each vault what opens a connection: a Unix socket in the sandbox, mutual TLS between
   * machines. Its `timeout` event, where it has one, ends what waits.
   */
  readonly dials: readonly (() => Socket)[]
  readonly now: () => number
}

type Vault = { readonly line: Line; isSick: boolean; lookMs: number }

/** For how long a vault whose line failed is left in peace before it is looked at again. */
const LOOK_AGAIN_MS = 1000

export function createVaultClient({ dials, now }: Needs): VaultClient {
  const vaults = dials.map((dial): Vault => ({ line: createLine(dial), isSick: false, lookMs: 0 }))
  let turn = 0
  return {
    call: async (operation, input) => {
      for (const vault of vaults) lookAfter(vault, now())
      turn += 1
      const standing = vaults.map(({ line, isSick }) => ({ waiting: line.waiting(), isSick }))
      const order = orderOf(standing, { turn, home: homeOf(operation, input) })
      const answer = await askInOrder(order, { vaults, ask: { operation, input }, now })
      // The vault checked this output against the operation's closed schema before sending it.
      return answer.ok
        ? { ok: true, output: answer.output as VaultOutput<typeof operation> }
        : answer
    },
    close: () => {
      for (const { line } of vaults) line.close()
    },
  }
}

type Asking = { readonly vaults: readonly Vault[]; readonly ask: Ask } & Pick<Needs, 'now'>
type Said = Exclude<VaultAnswer, { readonly fault: unknown }>

/** The first that can say anything; where none can, the fault of the last. */
async function askInOrder(order: readonly number[], { vaults, ask, now }: Asking): Promise<Said> {
  let fault: VaultUnavailable | undefined
  for (const at of order) {
    const vault = vaults[at]
    const answer = await vault?.line.ask(ask).catch((cause: unknown) => {
      if (!(cause instanceof VaultUnavailable)) throw cause
      fault = cause
    })
    if (vault !== undefined) vault.isSick = answer === undefined
    if (vault !== undefined && answer === undefined) vault.lookMs = now() + LOOK_AGAIN_MS
    if (answer !== undefined && !('fault' in answer)) return answer
    if (answer !== undefined) fault = new VaultUnavailable(answer.fault)
  }
  throw fault ?? new VaultUnavailable('there is no vault')
}

/** Is a sick one back? A call of its own tells: no payment waits for that. */
function lookAfter(vault: Vault, nowMs: number): void {
  if (!vault.isSick || nowMs < vault.lookMs) return
  vault.lookMs = nowMs + LOOK_AGAIN_MS
  vault.line.ask({ operation: 'audit_head', input: {} }).then(
    () => {
      vault.isSick = false
    },
    () => {},
  )
}

/** Dials the vault's Unix socket. */
export const dialUnix = (path: string) => () => connect(path)

/** Dials the vault over mutual TLS 1.3: both sides show a certificate of the same authority. */
export const dialTls =
  ({
    host,
    port,
    cert,
    key,
    ca,
  }: {
    host: string
    port: number
    cert: Buffer
    key: Buffer
    ca: Buffer
  }) =>
  () =>
    connectTls({ host, port, cert, key, ca, minVersion: 'TLSv1.3', servername: 'vault' })
