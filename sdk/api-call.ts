/**
 * One call of the API, typed by the contract: what is asked, what is answered, and how it says no.
 *
 * An answer that does not fit the contract is not passed on: a wallet shows and signs what it
 * reads. Browser-safe; `fetch` is brought by the caller.
 */
import {
  type Body,
  type CallName,
  type Contract,
  contract,
  type EndpointName,
  type Params,
  type Query,
  type Reply,
} from '@warifu/protocol/contract'
import {
  type Advice,
  type ErrorBody,
  errors,
  type Outcome,
  type Refusal,
} from '@warifu/protocol/errors'
import { Check } from 'typebox/value'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>
export type Api = { readonly fetch: Fetch; readonly apiUrl: string }

/** What an endpoint takes; parts that it does not have are left out. */
export type Input<N extends EndpointName> = {
  readonly query?: Query<N>
} & ('params' extends keyof Contract[N] ? { readonly params: Params<N> } : unknown) &
  (keyof Body<N> extends never ? unknown : { readonly body: Body<N> })

type AnyInput = { readonly params?: object; readonly query?: object; readonly body?: object }

/** A request before anyone has put their name to it. */
export type Ask = {
  readonly name: EndpointName
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** As `URL.search`: empty, or with its question mark. */
  readonly query: string
  /** The exact text that travels; empty for GET. */
  readonly body: string
}

/** What came back, as it came. */
export type RawAnswer = { readonly status: number; readonly text: string }

/** The API's own no: `code` is one of the words in protocol/errors.ts. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: Refusal
  readonly outcome: Outcome
  readonly advice: Advice
  readonly param: string | null
  readonly resource: { readonly object: string; readonly id: string } | null
  readonly deadlineAt: string | null
  readonly requestId: string
  /** The page about this code: what happened, and what to do. */
  readonly docUrl: string
  constructor(status: number, { error }: ErrorBody) {
    super(error.message)
    this.status = status
    this.code = error.code
    this.outcome = error.outcome
    this.advice = error.advice
    this.param = error.param
    this.resource = error.resource
    this.deadlineAt = error.deadline_at
    this.requestId = error.request_id
    this.docUrl = error.doc_url
  }
}

/** No answer, or none that can be read. What was asked may have been done: ask again, the same. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly code: 'connection_cut' | 'answer_unreadable'
  constructor(code: NoAnswer['code'], what: string, options?: ErrorOptions) {
    super(what, options)
    this.code = code
  }
}

export function askOf<N extends EndpointName>(name: N, input: Input<N>): Ask {
  return fill(name, input)
}

function fill(name: EndpointName, { params = {}, query = {}, body = {} }: AnyInput): Ask {
  const { method, path } = contract[name]
  const values = new Map(Object.entries(params))
  const filled = path.replace(/:([a-z_]+)/g, (_, key: string) =>
    encodeURIComponent(String(values.get(key))),
  )
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) search.set(key, String(value))
  return {
    name,
    method,
    path: filled,
    query: search.size === 0 ? '' : `?${search}`,
    body: method === 'POST' ? JSON.stringify(body) : '',
  }
}

/** Sends these bytes and no others. */
export async function sendRaw(
  { fetch, apiUrl }: Api,
  ask: Omit<Ask, 'name' | 'body'> & {
    readonly body: string | Blob
    readonly headers: Readonly<Record<string, string>>
  },
): Promise<RawAnswer> {
  const { method, path, query, body, headers } = ask
  try {
    const response = await fetch(`${apiUrl}${path}${query}`, {
      method,
      headers: method === 'POST' ? { 'content-type': 'application/json', ...headers } : headers,
      ...(method === 'POST' ? { body } : {}),
    })
    return { status: response.status, text: await response.text() }
  } catch (cause) {
    throw new NoAnswer('connection_cut', 'The connection was cut before an answer came.', { cause })
  }
}

/** The answer by the contract; a refusal is thrown as ApiError. */
export function readAnswer<N extends EndpointName>(name: N, { status, text }: RawAnswer): Reply<N> {
  const value = parse(text)
  const schema: Contract[N]['answer'] = contract[name].answer
  if (status === contract[name].status && Check(schema, value)) return value
  if (status >= 400 && isErrorBody(value)) throw new ApiError(status, value)
  throw new NoAnswer(
    'answer_unreadable',
    `The answer of ${name} (${status}) is not in the contract.`,
  )
}

/** A call with a bearer token, or with none. */
export async function callApi<N extends CallName>(
  api: Api,
  name: N,
  input: Input<N> & { readonly headers?: Readonly<Record<string, string>>; readonly file?: Blob },
): Promise<Reply<N>> {
  const { file, headers = {} } = input
  const ask = askOf<N>(name, input)
  const sent =
    file === undefined
      ? { ...ask, headers }
      : { ...ask, body: file, headers: { ...headers, 'content-type': 'text/csv' } }
  return readAnswer(name, await sendRaw(api, sent))
}

/** What an answer that is no success says: the API's own no, or nothing that can be read. */
export function refusalIn(status: number, text: string): ApiError | NoAnswer {
  const value = parse(text)
  return status >= 400 && isErrorBody(value)
    ? new ApiError(status, value)
    : new NoAnswer('answer_unreadable', `The answer (${status}) is not in the contract.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function isErrorBody(value: unknown): value is ErrorBody {
  if (!isObject(value) || !isObject(value['error'])) return false
  const { code, message, outcome } = value['error']
  return (
    typeof code === 'string' &&
    Object.hasOwn(errors, code) &&
    typeof message === 'string' &&
    (outcome === 'performed' || outcome === 'not_performed' || outcome === 'unknown')
  )
}
