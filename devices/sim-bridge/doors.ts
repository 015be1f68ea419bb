/**
 * Who may come in. Every request must name this address (Host: a page elsewhere that had its name
 * turned to 127.0.0.1 does not). `/v1` is for the wallet's origin alone, and after pairing for its
 * token; the window's forms are for the window itself.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BridgeCall, bridgeCalls } from '@warifu/protocol/sim-bridge'
import { Compile } from 'typebox/compile'
import type { Bridge, From } from './bridge.ts'
import { BridgeError } from './bridge-error.ts'
import type { Pairings } from './pairings.ts'
import type { Questions } from './questions.ts'
import type { SimInUse } from './sim-in-use.ts'
import { style, unblockPage, windowPage, windowPolicy } from './window.ts'
import { languageOf } from './window-words.ts'

export type DoorNeeds = {
  readonly port: number
  readonly walletOrigin: string
  readonly bridge: Bridge
  readonly pairings: Pairings
  readonly questions: Questions
  readonly sim: SimInUse
  /** What became of a call, without what was in it. */
  readonly log: (line: {
    readonly event: string
    readonly call: string
    readonly end: string
  }) => void
}

const LONGEST_BODY = 64 * 1024
const shapes = Object.fromEntries(
  Object.entries(bridgeCalls).map(([name, { body }]) => [name, Compile(body)]),
)
const callAt = new Map<string, BridgeCall>(
  Object.entries(bridgeCalls).map(([name, { path }]) => [path, name as BridgeCall]),
)

export function createDoors(needs: DoorNeeds) {
  const host = `127.0.0.1:${needs.port}`
  const own = `http://${host}`
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    const { pathname } = new URL(url, own)
    const call = callAt.get(pathname)
    if (headers.host !== host) end(response, 421, { error: 'host_refused' })
    else if (call !== undefined) await answerPage(needs, { call, request, response })
    else if (method === 'GET') showWindow(needs, { pathname, request, response })
    else if (method === 'POST' && headers.origin === own)
      await takeForm(needs, { pathname, request, response })
    else end(response, 403, { error: 'origin_refused' })
  }
}

type Carrier = { readonly request: IncomingMessage; readonly response: ServerResponse }
type Exchange = Carrier & { readonly call: BridgeCall }
type Visit = Carrier & { readonly pathname: string }

// ─── The wallet's page ───────────────────────────────────────────────────────────────────────────

async function answerPage(needs: DoorNeeds, { call, request, response }: Exchange): Promise<void> {
  const { origin = '' } = request.headers
  if (origin !== needs.walletOrigin) {
    end(response, 403, { error: 'origin_refused' })
    return
  }
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('vary', 'origin')
  if (request.method === 'OPTIONS') {
    allow(response)
    return
  }
  const told = await run(needs, call, request).catch((error: unknown) => {
    if (error instanceof BridgeError) return error
    throw error
  })
  const isNo = told instanceof BridgeError
  needs.log({ event: 'call', call, end: isNo ? told.code : 'ok' })
  if (isNo) end(response, statusOf(told), { error: told.code, tries_left: told.triesLeft })
  else end(response, 200, told)
}

function allow(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'POST')
  response.setHeader('access-control-allow-headers', 'authorization, content-type')
  response.setHeader('access-control-max-age', '600')
  response.writeHead(204).end()
}

async function run(needs: DoorNeeds, call: BridgeCall, request: IncomingMessage): Promise<object> {
  const { origin = '', authorization = '' } = request.headers
  const pairing = needs.pairings.of(origin, authorization.replace(/^Bearer /, ''))
  if (call !== 'pair' && pairing === undefined) throw new BridgeError('not_paired')
  const isJson = request.headers['content-type'] === 'application/json'
  const body = isJson ? parseJson(await readBody(request)) : undefined
  if (request.method !== 'POST' || !shapes[call]?.Check(body)) throw new BridgeError('body_invalid')
  return calling(needs.bridge, call)(body, { origin, pairing })
}

/** The body was just checked against the shape of this very call. */
const calling = (bridge: Bridge, call: BridgeCall) =>
  bridge[call] as (body: unknown, from: From) => Promise<object>

const statusOf = ({ code }: BridgeError): number =>
  code === 'not_paired'
    ? 401
    : code === 'pairing_refused'
      ? 403
      : code === 'body_invalid'
        ? 400
        : 409

// ─── Its own window ──────────────────────────────────────────────────────────────────────────────

const policy = windowPolicy.replace('STYLE', createHash('sha256').update(style).digest('base64'))

function page(response: ServerResponse, html: string): void {
  response.setHeader('content-security-policy', policy)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('cache-control', 'no-store')
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
}

function showWindow({ questions }: DoorNeeds, { pathname, request, response }: Visit): void {
  const language = languageOf(request.headers['accept-language'])
  const pending = questions.pending()
  if (pathname === '/') page(response, windowPage({ pending, language }))
  else if (pathname === '/unblock') page(response, unblockPage(language))
  else response.writeHead(404).end()
}

async function takeForm(
  { questions, sim, log }: DoorNeeds,
  { pathname, request, response }: Visit,
): Promise<void> {
  const form = new URLSearchParams((await readBody(request)).toString('utf8'))
  const field = (name: string): string => form.get(name) ?? ''
  const language = languageOf(request.headers['accept-language'])
  if (pathname === '/unblock') {
    const isRight = await sim.unblock(field('puk'), field('pin')).then(
      () => true,
      () => false,
    )
    log({ event: 'window', call: 'unblock', end: isRight ? 'ok' : 'refused' })
    if (!isRight) {
      page(response, unblockPage(language, true))
      return
    }
  } else {
    const typed = field('typed')
    const yes = field('answer') === 'yes' && /^([0-9]{4,8})?$/.test(typed)
    await questions.answer(field('id'), yes ? { yes, typed } : { yes: false })
  }
  response.writeHead(303, { location: '/' }).end()
}

// ─── Bodies ──────────────────────────────────────────────────────────────────────────────────────

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > LONGEST_BODY) throw new BridgeError('body_invalid')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function end(response: ServerResponse, code: number, body: object): void {
  response.setHeader('cache-control', 'no-store')
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
