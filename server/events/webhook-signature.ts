/**
 * Standard Webhooks 1.0: a secret, its text form, and the signature of a message.
 *
 *   webhook-signature: v1,base64(HMAC-SHA-256(secret, id ‖ "." ‖ timestamp ‖ "." ‖ body))
 *
 * Two signatures stand side by side while a secret is being changed.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

export const secretText = (secret: Uint8Array): string =>
  `whsec_${Buffer.from(secret).toString('base64')}`

export type Signing = {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

export const signature = ({ id, timestamp, body }: Signing, secrets: readonly Uint8Array[]) =>
  secrets
    .map((secret) => createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`))
    .map((mac) => `v1,${mac.digest('base64')}`)
    .join(' ')

/**
 * A secret at rest: AES-256-GCM (SP 800-38D) under a key of the server, bound to its endpoint.
 * It cannot be a hash, since the server signs with it: the named exception to "hashed" (SECURITY).
 */
export type SecretBox = {
  readonly seal: (secret: Uint8Array, endpoint: string) => Uint8Array
  readonly open: (sealed: Uint8Array, endpoint: string) => Uint8Array
}

export const createSecretBox = (
  key: Uint8Array,
  random: (size: number) => Uint8Array,
): SecretBox => ({
  seal: (secret, endpoint) => {
    const iv = random(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(endpoint))
    return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  },
  open: (sealed, endpoint) => {
    const [iv, text, tag] = [sealed.subarray(0, 12), sealed.subarray(12, -16), sealed.subarray(-16)]
    const cipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(endpoint))
    return Buffer.concat([cipher.setAuthTag(tag).update(text), cipher.final()])
  },
})
