/** Objects of joining and logging in. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { base64url, closed, instant, plainText } from './shapes.ts'

export const cardholder = closed({
  id: idOf('chl'),
  object: Type.Literal('cardholder'),
  livemode: Type.Boolean(),
  created_at: instant,
  name: plainText(80),
})

export const session = closed({
  object: Type.Literal('session'),
  cardholder: idOf('chl'),
  token: Type.String({
    description: 'Bearer token; shown once',
    pattern: '^ws_[A-Za-z0-9_-]{43}$',
  }),
  expires_at: instant,
})

/** To make a passkey with: the challenge as it is. */
export const passkeyOptions = closed({
  registration: idOf('reg'),
  challenge: base64url(32, 32),
  rp_id: Type.String(),
  deadline_at: instant,
})

/** To log in with: the challenge is SHA-256("warifu/1/login" ‖ 0x00 ‖ nonce). */
export const loginOptions = closed({
  registration: idOf('reg'),
  nonce: base64url(32, 32),
  rp_id: Type.String(),
  deadline_at: instant,
})
