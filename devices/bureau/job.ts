/** A job, opened: sealed by the vault to this bureau (HPKE, RFC 9180) for one plastic. */
import { createHash } from 'node:crypto'
import { fromBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { HpkeError, setupBaseR } from '@warifu/crypto/hpke'
import { PaddingError, unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type PlasticJob, plasticJob, type SealedJob } from '@warifu/protocol/plastic'
import { Check } from 'typebox/value'
import type { OwnKeys } from './bureau-keys.ts'

/** Undefined where it is for another bureau, another plastic, or altered on its way. */
export function openJob(
  { sealing }: Pick<OwnKeys, 'sealing'>,
  { header, enc, ct }: SealedJob,
  plastic: string,
): PlasticJob | undefined {
  try {
    const digest = createHash('sha256').update(jcsBytes(header)).digest()
    const info = envelopeInfo('plastic-job', digest)
    const hpke = setupBaseR({ enc: fromBase64url(enc), recipient: sealing, info })
    const plain = hpke.open(envelopeAad(header, { plastic }), fromBase64url(ct))
    const job: unknown = JSON.parse(Buffer.from(unpad(plain)).toString('utf8'))
    plain.fill(0)
    return Check(plasticJob, job) && job.plastic === plastic ? job : undefined
  } catch (error) {
    const isOurs = error instanceof HpkeError || error instanceof PaddingError
    if (isOurs || error instanceof SyntaxError) return undefined
    throw error
  }
}
