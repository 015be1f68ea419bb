/**
 * What others sealed to a published key of the vault: HPKE base mode with the header and context of
 * protocol/sealed.ts. Who sent it was verified before; here it opens for its purpose, or not.
 */

import { readBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError } from '@warifu/crypto/hpke'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { sha256 } from '@warifu/crypto/sha256'
import type { PairDomain } from './hierarchy.ts'
import { thumbprintOf } from './public-key.ts'
import type { World } from './world.ts'

type Message = {
  readonly header: { readonly purpose: string; readonly kid: string; readonly recipient: string }
  readonly enc: string
  readonly ct: string
}
type Opening = { readonly domain: PairDomain; readonly context: object }

/** The JSON inside; undefined where key, header, context or any bit is another. */
export function openForUs(
  { hierarchy, probe }: Pick<World, 'hierarchy' | 'probe'>,
  { header, enc, ct }: Message,
  { domain, context }: Opening,
): unknown {
  const kid = thumbprintOf(hierarchy.sealedTo(domain))
  const [encapsulated, text] = [readBase64url(enc), readBase64url(ct)]
  if (header.kid !== kid || header.recipient !== kid) return undefined
  if (encapsulated === undefined || text === undefined) return undefined
  probe.decrypted()
  try {
    const info = envelopeInfo(header.purpose, sha256(jcsBytes(header)))
    const receiving = hierarchy.receive(domain, { enc: encapsulated, info })
    const padded = receiving.open(envelopeAad(header, context), text)
    const plain: unknown = JSON.parse(Buffer.from(unpad(padded)).toString('utf8'))
    padded.fill(0)
    return plain
  } catch (error) {
    const isOurs = error instanceof HpkeError || error instanceof PaddingError
    if (isOurs || error instanceof SyntaxError) return undefined
    throw error
  }
}
