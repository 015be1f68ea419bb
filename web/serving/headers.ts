/**
 * The headers of every answer of a page's server. The policy is strict: no inline script or style,
 * no third party, no frame, no form that leaves; the page talks to its own origin and to those
 * named.
 */
export type PagePolicy = {
  /** Origins that the page may call beside its own. */
  readonly connect?: readonly string[]
}

/** Content Security Policy Level 3. */
export const contentSecurityPolicy = ({ connect = [] }: PagePolicy): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    ["connect-src 'self'", ...connect].join(' '),
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const allowed = ['camera', 'publickey-credentials-create', 'publickey-credentials-get']
const closed = ['geolocation', 'microphone', 'payment', 'usb', 'serial']

export const pageHeaders = (policy: PagePolicy): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(policy),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': [
    ...allowed.map((name) => `${name}=(self)`),
    ...closed.map((name) => `${name}=()`),
  ].join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
})
