/**
 * An inner blob taken apart. A card's blob is the same text at each of its payments, so it is kept
 * by that text; what is kept opens nothing by itself, and every payment decrypts anew.
 */
import { readBase64url } from '@warifu/crypto/base64url'
import { type InnerHeader, innerBlob } from '@warifu/protocol/sealed'
import { Compile } from 'typebox/compile'
import { createKeyCache } from './key-cache.ts'
import { parseJson } from './parse-json.ts'
import { recordAad, type Sealed } from './record.ts'

const innerBlobShape = Compile(innerBlob)

/** A blob taken apart: what it says, and what it authenticates. It opens nothing by itself. */
export type Inner = {
  readonly header: InnerHeader
  readonly wrapped_key: string
  readonly aad: Uint8Array
  /** Undefined where a part has a second spelling. */
  readonly sealed: Sealed | undefined
}

/** Undefined where a text is no blob. */
export type InnerBlobs = { readonly read: (text: string) => Inner | undefined }
const KNOWN_BLOBS = 4000

export function createInnerBlobs(): InnerBlobs {
  const known = createKeyCache<Inner | undefined>(KNOWN_BLOBS)
  return { read: (text) => known.get(text, () => readBlob(text)) }
}

function readBlob(text: string): Inner | undefined {
  const bytes = readBase64url(text)
  const blob = bytes === undefined ? undefined : parseJson(bytes)
  if (!innerBlobShape.Check(blob)) return undefined
  const { header } = blob
  const [wrapped_key, iv, ct] = [blob.wrapped_key, blob.iv, blob.ct].map(readBase64url)
  const isWhole = wrapped_key !== undefined && iv !== undefined && ct !== undefined
  const sealed = isWhole ? { wrapped_key, iv, ct } : undefined
  return { header, wrapped_key: blob.wrapped_key, aad: recordAad(header), sealed }
}
