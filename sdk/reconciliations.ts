/** Reconciliation: your order system against what was paid and settled. */
import type { Body, Query, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Call, Calling, CallOptions } from './calling.ts'
import { type Paged, paged } from './paging.ts'

export type Reconciliation = Reply<'getReconciliation'>
export type Difference = Reply<'fixDifference'>
export type Order = Body<'addOrders'>['rows'][number]

type About = Omit<Body<'createReconciliation'>, 'file_digest'>
export type Reconciling = About & {
  /** A file (`openAsBlob(path)` in Node.js) or its text; or else `orders`. */
  readonly file?: Blob | string
  readonly orders?: readonly Order[]
}
type Options = CallOptions & { readonly onProgress?: (now: Reconciliation) => void }

export type Reconciliations = {
  /**
   * Sends your orders of a time, has them compared and waits for the end. The same file about the
   * same time is the same reconciliation: after a crash, call it again.
   */
  readonly run: (what: Reconciling, options?: Options) => Promise<Reconciliation>
  /** Compares once more, and waits: what was put right is gone then. */
  readonly again: (id: Id<'rcn'>, options?: Options) => Promise<Reconciliation>
  readonly get: (id: Id<'rcn'>, options?: CallOptions) => Promise<Reconciliation>
  /** Newest first. */
  readonly list: (
    query?: Query<'listReconciliations'>,
    options?: CallOptions,
  ) => Paged<Reconciliation, Reply<'listReconciliations'>>
  /** What does not agree, each with a suggestion. */
  readonly differences: (
    id: Id<'rcn'>,
    query?: Query<'listDifferences'>,
    options?: CallOptions,
  ) => Paged<Difference, Reply<'listDifferences'>>
  /** Carries out what is suggested, or another of the difference's `fixes`; once. */
  readonly fix: (
    id: Id<'dif'>,
    body?: Body<'fixDifference'>,
    options?: CallOptions,
  ) => Promise<Difference>
  readonly dismiss: (
    id: Id<'dif'>,
    body: Body<'dismissDifference'>,
    options?: CallOptions,
  ) => Promise<Difference>
}

const ROWS = 400
const LOOK_MS = 300
const UPLOAD_MS = 600_000

export function reconciliationsOf(call: Call, calling: Calling): Reconciliations {
  const get: Reconciliations['get'] = (id, options) =>
    call('getReconciliation', { params: { id } }, options)
  const ended = async (begun: Reconciliation, { onProgress, ...options }: Options) => {
    let now = begun
    while (now.status !== 'completed') {
      onProgress?.(now)
      await calling.sleep(LOOK_MS, options.signal)
      now = await get(now.id, options)
    }
    onProgress?.(now)
    return now
  }
  return {
    run: async (what, options = {}) =>
      ended(await begin(call, calling, { what, options }), options),
    again: async (id, options = {}) =>
      ended(await call('compareOrders', { params: { id } }, options), options),
    get,
    list: (query, options) =>
      paged((page) => call('listReconciliations', { query: page }, options), query),
    differences: (id, query = {}, options) =>
      paged(
        (page) =>
          call('listDifferences', { params: { id }, query: { ...query, ...page } }, options),
        query,
      ),
    fix: (id, body = {}, options) => call('fixDifference', { params: { id }, body }, options),
    dismiss: (id, body, options) => call('dismissDifference', { params: { id }, body }, options),
  }
}

type Beginning = { readonly what: Reconciling; readonly options: Options }

async function begin(call: Call, { newKey }: Calling, { what, options }: Beginning) {
  const { file, orders = [], ...about } = what
  const { onProgress: _, idempotencyKey = newKey(), ...rest } = options
  const key = (part: string) => ({ ...rest, idempotencyKey: `${idempotencyKey}/${part}` })
  if (file !== undefined) {
    const blob = typeof file === 'string' ? new Blob([file]) : file
    const body = { ...about, file_digest: await digestOf(blob) }
    const { id } = await call('createReconciliation', { body }, key('begin'))
    const slow = { timeoutMs: UPLOAD_MS, ...rest }
    return call('uploadOrders', { params: { id }, file: blob }, slow)
  }
  const { id } = await call('createReconciliation', { body: about }, key('begin'))
  for (let from = 0; from < orders.length; from += ROWS) {
    const body = { rows: orders.slice(from, from + ROWS) }
    await call('addOrders', { params: { id }, body }, key(String(from)))
  }
  return call('compareOrders', { params: { id } }, rest)
}

/** SHA-256, base64url without padding. */
async function digestOf(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
