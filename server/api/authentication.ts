/**
 * The one door: who is asking. Each endpoint names its caller in the contract; whoever does not
 * come as that caller is refused. A terminal's signature is verified here with the key that it was
 * enrolled with, except where the vault verifies it on the way to opening a card.
 */
import { verify } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import {
  contentDigestHeader,
  readSignature,
  readSignatureInput,
  signatureBase,
} from '@warifu/crypto/http-signature'
import { sha256 } from '@warifu/crypto/sha256'
import { scopeOf } from '@warifu/protocol/api-key-contract'
import type { Caller, Endpoint } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId } from '@warifu/protocol/ids'
import type { BureauKey } from '#issuing'
import type { Allow, KeyRing } from '#merchants'
import type { Operator } from '#people'
import { endedAs, type TerminalKey } from '#terminals'
import {
  type ConsoleDoorNeeds,
  consoleOf,
  merchantUserOf,
  operatorOfConsole,
} from './console-session.ts'
import type { Callers } from './handler.ts'

/** A request as it came, before anything of it is believed. */
export type Incoming = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
  /** The body read as UTF-8, once. */
  readonly text: string
  /** Where it came from, as far as the connection tells. */
  readonly address: string
  readonly nowMs: number
}

export type DoorNeeds = ConsoleDoorNeeds & {
  readonly merchantOf: KeyRing
  /** Requests per second of a key that names no pace of its own. */
  readonly perSecond: number
  /** Of one address, by this process. */
  readonly allow: Allow
  /** Of one key, by all processes together. */
  readonly pace: Allow
  readonly sessionOf: (
    token: string,
    nowMs: number,
  ) => Promise<{ readonly cardholder: Id<'chl'> } | undefined>
  readonly operatorOf: (token: string) => Promise<Operator | undefined>
  readonly terminalKey: (terminal: Id<'trm'>) => Promise<TerminalKey | undefined>
  readonly bureauKey: (bureau: Id<'bur'>) => Promise<BureauKey | undefined>
  /** False where the counter of a bureau's write was used or passed. */
  readonly takeBureauCounter: (bureau: Id<'bur'>, counter: bigint) => Promise<boolean>
  readonly sandbox: boolean
  /** The clock on the wall: phones have no other, wherever a sandbox’s clock was set. */
  readonly wall: () => number
}

type Let<C extends Caller> = Promise<Answer<Callers[C]>>
type Doors = { readonly [C in Caller]: (endpoint: Endpoint, incoming: Incoming) => Let<C> }

/** Seconds that a read's `created` may be away from our clock. */
const FRESH_S = 60

export function createDoors(needs: DoorNeeds): Doors {
  return {
    anyone: async (endpoint, incoming) => anyone(needs, endpoint, incoming),
    sandbox: async () => (needs.sandbox ? done({ kind: 'sandbox' }) : refused('test_only')),
    merchant: (endpoint, incoming) => merchant(needs, endpoint, incoming),
    session: async (_, incoming) => {
      const token = bearer(incoming, 'ws_')
      if (token === undefined) return refused('unauthenticated')
      const session = await needs.sessionOf(token, incoming.nowMs)
      return session
        ? done({ kind: 'session', cardholder: session.cardholder })
        : refused('session_invalid')
    },
    operator: (endpoint, incoming) => operator(needs, endpoint, incoming),
    console: (_, incoming) => consoleOf(needs, incoming),
    terminal: (endpoint, incoming) => terminal(needs, endpoint, incoming),
    bureau: (_, incoming) => bureau(needs, incoming),
    terminal_by_vault: async (_, incoming) => {
      const signed = readCall(incoming)
      if (!signed.ok) return signed
      return done({ kind: 'terminal_by_vault', call: signed.value.call })
    },
  }
}

const SCHEME = 'Bearer '
function bearer({ headers }: Incoming, prefix: string): string | undefined {
  const given = headers['authorization'] ?? ''
  const token = given.slice(SCHEME.length)
  const fits = given.startsWith(SCHEME) && token.startsWith(prefix) && !token.includes(' ')
  return fits ? token : undefined
}

/** Where anyone may ask, one address may not ask too fast. */
function anyone(
  needs: DoorNeeds,
  { path, perSecond }: Endpoint,
  incoming: Incoming,
): Answer<Callers['anyone']> {
  if (perSecond === undefined) return done({ kind: 'anyone' })
  const pace = { perSecond, nowMs: needs.wall() }
  const allowed = needs.allow(`${path} ${incoming.address}`, pace)
  if (allowed.ok) return done({ kind: 'anyone' })
  return { ...refused('too_many_requests'), retryAfterS: allowed.retryAfterS }
}

async function merchant(needs: DoorNeeds, endpoint: Endpoint, incoming: Incoming): Let<'merchant'> {
  const found = await ownerOf(needs, incoming)
  if (!found.ok) return found
  const owner = found.value
  const scope = scopeOf(endpoint)
  if (owner.scopes !== null && (scope === undefined || !owner.scopes.includes(scope)))
    return refused('scope_missing')
  const pace = { perSecond: owner.perSecond ?? needs.perSecond, nowMs: incoming.nowMs }
  const allowed = needs.pace(owner.key, pace)
  if (!allowed.ok) return { ...refused('too_many_requests'), retryAfterS: allowed.retryAfterS }
  const key = incoming.headers['idempotency-key'] ?? ''
  if (endpoint.idempotencyKey && (key.length < 1 || key.length > 255))
    return refused('idempotency_key_missing', 'Idempotency-Key')
  const { method, path, query, text } = incoming
  const digest = sha256(`${method} ${path}${query}\n${text}`)
  const { merchant, key: apiKeyId, scopes } = owner
  return done({ kind: 'merchant', merchant, key: apiKeyId, scopes, once: { key, digest } })
}

type Owner = Omit<Callers['merchant'], 'kind' | 'once'> & { readonly perSecond: number | null }

/** A merchant's key, or a user of theirs who is signed in at the console. */
async function ownerOf(needs: DoorNeeds, incoming: Incoming): Promise<Answer<Owner>> {
  if (incoming.headers['authorization'] === undefined) return merchantUserOf(needs, incoming)
  const apiKey = bearer(incoming, 'wk_') ?? bearer(incoming, 'wr_')
  if (apiKey === undefined) return refused('unauthenticated')
  const owner = await needs.merchantOf(apiKey, incoming.nowMs)
  if (!owner || (owner.expiresMs !== null && owner.expiresMs <= incoming.nowMs))
    return refused('api_key_invalid')
  return done(owner)
}

/** An endpoint that names no role lets no operator in. */
async function operator(
  needs: DoorNeeds,
  { roles = [] }: Endpoint,
  incoming: Incoming,
): Let<'operator'> {
  const found = await whoOperates(needs, incoming)
  if (!found.ok) return found
  const who = found.value
  if (!roles.some((role) => who.roles.includes(role))) return refused('role_missing')
  return done({ kind: 'operator', ...who })
}

async function whoOperates(needs: DoorNeeds, incoming: Incoming): Promise<Answer<Operator>> {
  if (incoming.headers['authorization'] === undefined) return operatorOfConsole(needs, incoming)
  const token = bearer(incoming, 'wo_')
  if (token === undefined) return refused('unauthenticated')
  const who = await needs.operatorOf(token)
  return who ? done(who) : refused('operator_unknown')
}

async function terminal(
  needs: DoorNeeds,
  { alsoReplaced }: Endpoint,
  incoming: Incoming,
): Let<'terminal'> {
  const signed = readCall(incoming)
  if (!signed.ok) return signed
  const { call, createdS } = signed.value
  const bound = await needs.terminalKey(call.terminal)
  if (!bound) return refused('terminal_unknown')
  if (!isSignedBy(bound, signed.value)) return refused('signature_invalid')
  if (incoming.method === 'GET' && !isFresh(needs, createdS, incoming.nowMs))
    return refused('signature_stale')
  // Writes leave this to the statement that takes the counter: first answers stay readable.
  if (incoming.method === 'GET') {
    const isStillHeard = bound.status === 'replaced' && alsoReplaced === true
    const ended = isStillHeard ? undefined : endedAs(bound.status)
    if (ended !== undefined) return refused(ended)
    if (bound.status !== 'active' && !isStillHeard) return refused('terminal_not_active')
  }
  return done({ kind: 'terminal', call: { ...call, cardholder: bound.cardholder } })
}

/** By the platform's clock, or the one on the wall where a sandbox's was set ahead of it. */
const isFresh = ({ wall }: DoorNeeds, createdS: number, nowMs: number): boolean =>
  [nowMs, wall()].some((ms) => Math.abs(createdS - ms / 1000) <= FRESH_S)

/** As a terminal signs; the counter is taken at once, since its writes say how far a job is. */
async function bureau(needs: DoorNeeds, incoming: Incoming): Let<'bureau'> {
  const id = incoming.headers['warifu-bureau'] ?? ''
  const signed = readSigned(incoming)
  if (!signed.ok) return signed
  const known = isId('bur', id) ? await needs.bureauKey(id) : undefined
  if (!isId('bur', id) || known === undefined || !isSignedBy(known, signed.value))
    return refused('bureau_unauthenticated')
  if (!isFresh(needs, signed.value.createdS, incoming.nowMs)) return refused('signature_stale')
  const isWrite = incoming.method === 'POST'
  if (isWrite && !(await needs.takeBureauCounter(id, signed.value.counter)))
    return refused('counter_stale')
  return done({ kind: 'bureau', bureau: id })
}

/** A call with what its signature says of itself, read once. */
type Signed = {
  readonly request: Callers['terminal']['call']['request']
  readonly counter: bigint
  /** SHA-256 of the signature base, in which the body's digest stands: “the same bytes”. */
  readonly digest: Uint8Array
  readonly createdS: number
  readonly keyid: string
  /** The signature base (RFC 9421 §2.5). */
  readonly base: string
}

/** Reads the signature's headers and the digest of “the same bytes”. Verifies no signature. */
function readSigned(incoming: Incoming): Answer<Signed> {
  const { headers, body, method, path, query } = incoming
  const request = {
    method,
    path,
    query,
    content_digest: headers['content-digest'] ?? '',
    counter: headers['warifu-counter'] ?? '',
    signature_input: headers['signature-input'] ?? '',
    signature: headers['signature'] ?? '',
    body: toBase64url(body),
  }
  if (request.signature === '') return refused('unauthenticated')
  const input = readSignatureInput(request.signature_input)
  // Nothing is secret here: what was claimed of the body, and the body.
  const isWhole = request.content_digest === contentDigestHeader(sha256(body))
  if (!input || !isWhole) return refused('signature_invalid')
  const { createdS, keyid, params } = input
  const base = baseOf(request, params)
  if (base === undefined) return refused('signature_invalid')
  const counter = BigInt(request.counter)
  return done({ request, counter, digest: sha256(base), createdS, keyid, base })
}

/** As `readSigned`, of a terminal: what its counter is advanced with. */
function readCall(incoming: Incoming): Answer<Signed & Callers['terminal_by_vault']> {
  const id = incoming.headers['warifu-terminal'] ?? ''
  if (id === '') return refused('unauthenticated')
  const signed = readSigned(incoming)
  if (!signed.ok) return signed
  if (!isId('trm', id)) return refused('terminal_unknown')
  const { request, counter, digest } = signed.value
  // Nobody yet: the key that verifies tells whose it is.
  const call = { terminal: id, cardholder: 'chl_', counter, digest, request } as const
  return done({ ...signed.value, kind: 'terminal_by_vault', call })
}

type Request = Signed['request']

/** The signature base, or undefined where a component is malformed. */
function baseOf(request: Request, params: string): string | undefined {
  const { method, path, query, counter, content_digest: contentDigest } = request
  try {
    return signatureBase({ method, path, query, counter, contentDigest }, params)
  } catch {
    return undefined
  }
}

function isSignedBy({ key, keyid }: BureauKey, signed: Signed): boolean {
  const signature = readSignature(signed.request.signature)
  if (!signature || signed.keyid !== keyid) return false
  return verify('sha256', Buffer.from(signed.base), { key, dsaEncoding: 'ieee-p1363' }, signature)
}
