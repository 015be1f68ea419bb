/**
 * Card verification values by two DES keys (CVV, CVC; the card schemes' common algorithm).
 *
 * The service code says which value it is: the stripe's own, 000 for the one printed on the card,
 * 999 for the one in the chip. Whether the expiry is YYMM or MMYY is the issuer's choice.
 */
import { tdeaEncrypt } from './tdea.ts'

export class CvvError extends Error {
  override readonly name = 'CvvError'
  readonly code: 'bad_key_length' | 'bad_pan' | 'bad_expiry' | 'bad_service_code'
  constructor(code: CvvError['code']) {
    super(code)
    this.code = code
  }
}

export type CardFacts = {
  readonly pan: string
  readonly expiry: string
  readonly serviceCode: string
}

/** Three digits, under a card verification key of 16 bytes. */
export function cvv(cvk: Uint8Array, { pan, expiry, serviceCode }: CardFacts): string {
  if (cvk.length !== 16) throw new CvvError('bad_key_length')
  if (!/^[0-9]{12,19}$/.test(pan)) throw new CvvError('bad_pan')
  if (!/^[0-9]{4}$/.test(expiry)) throw new CvvError('bad_expiry')
  if (!/^[0-9]{3}$/.test(serviceCode)) throw new CvvError('bad_service_code')
  const facts = Buffer.from(`${pan}${expiry}${serviceCode}`.padEnd(32, '0'), 'hex')
  const first = tdeaEncrypt(cvk.subarray(0, 8), facts.subarray(0, 8))
  const second = first.map((byte, i) => byte ^ (facts[8 + i] ?? 0))
  return decimalised(tdeaEncrypt(cvk, second)).slice(0, 3)
}

/** The decimal digits from left to right, then the others less ten. */
export function decimalised(block: Uint8Array): string {
  const digits = Buffer.from(block).toString('hex')
  const others = digits.replace(/[0-9]/g, '').replace(/[a-f]/g, (digit) => {
    return String(Number.parseInt(digit, 16) - 10)
  })
  return digits.replace(/[a-f]/g, '') + others
}
