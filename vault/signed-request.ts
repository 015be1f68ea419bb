/**
 * A terminal's signed request (RFC 9421, the profile of crypto/http-signature; RFC 9530 for the
 * body's digest), verified with the key that the vault bound at enrolment and with no other.
 */

import { type KeyObject, timingSafeEqual } from 'node:crypto'
import { readBase64url } from '@warifu/crypto/base64url'
import {
  HttpSignatureError,
  readContentDigest,
  readSignature,
  readSignatureInput,
  signatureBase,
} from '@warifu/crypto/http-signature'
import { sha256 } from '@warifu/crypto/sha256'
import type { SignedRequest } from '@warifu/protocol/vault'
import { createKeyCache } from './key-cache.ts'
import { importPoint, verifyRaw } from './public-key.ts'

export type Signer = { readonly signing_thumbprint: string; readonly signing_point: Uint8Array }

const CACHED_SIGNERS = 20_000
/** Answers with the body's bytes where digest and signature stand, else undefined. */
export type RequestVerifier = (request: SignedRequest, signer: Signer) => Uint8Array | undefined

export function createRequestVerifier(): RequestVerifier {
  // Named by thumbprint: what it holds is public and cannot go stale.
  const keys = createKeyCache<KeyObject>(CACHED_SIGNERS)
  return (request, signer) =>
    verifyRequest(request, signer, () =>
      keys.get(signer.signing_thumbprint, () => importPoint(signer.signing_point)),
    )
}

function verifyRequest(
  request: SignedRequest,
  signer: Signer,
  keyOf: () => KeyObject,
): Uint8Array | undefined {
  const body = readBase64url(request.body)
  const digest = readContentDigest(request.content_digest)
  if (body === undefined || digest === undefined) return undefined
  if (!timingSafeEqual(sha256(body), digest)) return undefined
  const input = readSignatureInput(request.signature_input)
  const signature = readSignature(request.signature)
  if (input?.keyid !== signer.signing_thumbprint || signature === undefined) return undefined
  const base = baseOf(request, input.params)
  if (base === undefined) return undefined
  return verifyRaw(keyOf(), base, signature) ? body : undefined
}

function baseOf(request: SignedRequest, params: string): Uint8Array | undefined {
  const { method, path, query, content_digest: contentDigest, counter } = request
  try {
    return Buffer.from(signatureBase({ method, path, query, contentDigest, counter }, params))
  } catch (error) {
    if (error instanceof HttpSignatureError) return undefined
    throw error
  }
}
