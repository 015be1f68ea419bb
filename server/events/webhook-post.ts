/**
 * One POST to a merchant's endpoint. The address is judged inside the lookup that the connection
 * uses; nothing is followed; little of the answer is read; and all of it ends in time.
 */
import { lookup as resolve } from 'node:dns'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { type BlockList, isIP, type LookupFunction } from 'node:net'
import { mayCall } from './webhook-address.ts'

export type Posting = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
/** What came of it: an HTTP status, or why there is none. */
export type Posted = {
  readonly status: number | null
  readonly error: string | null
  /** The first characters of the answer. */
  readonly answer: string
  readonly retryAfter: string | null
}
export type Post = (posting: Posting) => Promise<Posted>

const TIMEOUT_MS = 15_000
const ANSWER_BYTES = 512

class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/** Resolves a name, and answers with an address only where it may be called. */
const guarded =
  (allowed: BlockList): LookupFunction =>
  (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (fault, found) => {
      if (fault) return answer(fault, '')
      const [first] = found
      // One private address among several is enough to refuse: nobody needs such a name.
      if (first === undefined || !found.every(({ address }) => mayCall(address, allowed)))
        return answer(new AddressRefused('a private address'), '')
      if (options.all) answer(null, found)
      else answer(null, first.address, first.family)
    })
  }

export function createPost(allowed: BlockList): Post {
  const lookup = guarded(allowed)
  return (posting) =>
    send(posting, lookup, allowed).catch((fault: unknown) => ({
      status: null,
      error: nameOf(fault),
      answer: '',
      retryAfter: null,
    }))
}

async function send(
  { url, headers, body }: Posting,
  lookup: LookupFunction,
  allowed: BlockList,
): Promise<Posted> {
  const to = new URL(url)
  const host = to.hostname.replace(/^\[|\]$/g, '')
  // No lookup is made for an address that is written out.
  if (isIP(host) > 0 && !mayCall(host, allowed)) throw new AddressRefused('a private address')
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const request = to.protocol === 'https:' ? requestSecure : requestPlain
  return new Promise((settle, fail) => {
    const sent = request(
      to,
      { method: 'POST', headers, lookup, signal, agent: false },
      (answer) => {
        let text = Buffer.alloc(0)
        const end = () =>
          settle({
            status: answer.statusCode ?? 0,
            error: null,
            answer: text.subarray(0, ANSWER_BYTES).toString('utf8').replaceAll('\0', ''),
            retryAfter: answer.headers['retry-after'] ?? null,
          })
        answer.on('data', (chunk: Buffer) => {
          text = Buffer.concat([text, chunk])
          if (text.length < ANSWER_BYTES) return
          answer.destroy()
          end()
        })
        answer.on('end', end)
        answer.on('error', fail)
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

/** A word for the delivery log: what went wrong, never where an inner address leads. */
function nameOf(fault: unknown): string {
  if (fault instanceof AddressRefused) return 'address_refused'
  if (!(fault instanceof Error)) return 'unreachable'
  if (fault.name === 'TimeoutError' || fault.name === 'AbortError') return 'timeout'
  const code = 'code' in fault ? String(fault.code) : ''
  if (/^(ENOTFOUND|EAI_)/.test(code)) return 'name_unknown'
  if (code === 'ECONNREFUSED') return 'connection_refused'
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return 'certificate_invalid'
  return 'connection_lost'
}
