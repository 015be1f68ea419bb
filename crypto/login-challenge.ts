/**
 * What a passkey vouches for at log-in (WebAuthn Level 3 §7.2: the challenge):
 *
 *   challenge = SHA-256("warifu/1/login" ‖ 0x00 ‖ nonce)
 *
 * The platform gives the nonce, wallet and vault both hash. So whoever took over the platform has
 * no say in what a log-in signs: it can be no enrolment and no payment, whose challenges are the
 * SHA-256 of canonical JSON, which begins with a brace. Browser-safe.
 */
const LABEL = new TextEncoder().encode('warifu/1/login\0')
const NONCE_LENGTH = 32

/** The bytes to hash; hashing is the caller's. */
export function loginChallengeInput(nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  if (nonce.length !== NONCE_LENGTH) throw new RangeError('nonce: 32 bytes')
  const input = new Uint8Array(LABEL.length + NONCE_LENGTH)
  input.set(LABEL)
  input.set(nonce, LABEL.length)
  return input
}
