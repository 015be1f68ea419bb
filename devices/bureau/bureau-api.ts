/** How the bureau asks: every request signed by its own key (RFC 9421), its counter in time. */
import { sign } from 'node:crypto'
import {
  contentDigestHeader,
  signatureBase,
  signatureHeader,
  signatureInput,
} from '@warifu/crypto/http-signature'
import { thumbprintInput } from '@warifu/crypto/jwk-thumbprint'
import { sha256 } from '@warifu/crypto/sha256'
import type { CallName, Reply } from '@warifu/protocol/contract'
import { type Api, askOf, type Input, readAnswer, sendRaw } from '@warifu/sdk/api-call'
import type { OwnKeys } from './bureau-keys.ts'

export type BureauApi = <N extends CallName>(name: N, input: Input<N>) => Promise<Reply<N>>

/** `nowMs` grows with every call, so that it serves as the counter too. */
export function createBureauApi(api: Api, keys: OwnKeys, nowMs: () => number): BureauApi {
  const keyid = sha256(thumbprintInput(keys.open.signing_key)).toString('base64url')
  let last = 0
  return async (name, input) => {
    last = Math.max(last + 1, nowMs())
    const ask = askOf(name, input)
    const { method, path, query, body } = ask
    const contentDigest = contentDigestHeader(sha256(body))
    const signed = signatureInput({ createdS: Math.floor(nowMs() / 1000), keyid })
    const counter = String(last)
    const components = { method, path, query, contentDigest, counter }
    const base = signatureBase(components, signed.slice(signed.indexOf('=') + 1))
    const key = { key: keys.signing, dsaEncoding: 'ieee-p1363' } as const
    const headers = {
      'warifu-bureau': keys.bureau,
      'warifu-counter': counter,
      'content-digest': contentDigest,
      'signature-input': signed,
      signature: signatureHeader(sign('sha256', Buffer.from(base), key)),
    }
    return readAnswer(name, await sendRaw(api, { ...ask, headers }))
  }
}
