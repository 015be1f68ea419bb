/**
 * base64url (RFC 4648 §5) from outside, strict, on the payment path: as @warifu/crypto/base64url,
 * by the native decoder. A text that does not come back as it was has a second spelling.
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
