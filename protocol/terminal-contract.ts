/** Endpoints of the contract: a phone becomes a terminal: enrolment, proof of its keys. */
import { Type } from 'typebox'
import { byId, nothing } from './asked.ts'
import { idOf } from './ids.ts'
import * as o from './objects.ts'
import { phone, phoneName, removeTerminalBody } from './phone.ts'
import { sealedMessage } from './sealed.ts'
import { assertion, base64url, closed, publicJwk } from './shapes.ts'

export const terminalEndpoints = {
  startEnrolment: {
    method: 'POST',
    path: '/v1/enrolments',
    tag: 'Terminals',
    caller: 'session',
    status: 201,
    summary: 'Ask for a nonce to register this phone with.',
    body: nothing,
    answer: closed({ terminal: idOf('trm'), nonce: base64url(32, 32), origin: Type.String() }),
    refuses: [],
  },
  createTerminal: {
    method: 'POST',
    path: '/v1/terminals',
    tag: 'Terminals',
    caller: 'session',
    status: 201,
    summary:
      'Register this phone’s two keys; its passkey vouches for them. Answers with a sealed secret.',
    body: closed({
      terminal: idOf('trm'),
      name: Type.Optional(phoneName),
      sealing_key: publicJwk,
      signing_key: publicJwk,
      signature: base64url(64, 64),
      assertion,
    }),
    answer: closed({ terminal: o.terminal, challenge: sealedMessage, vault_key: publicJwk }),
    refuses: [
      'challenge_expired',
      'enrolment_invalid',
      'passkey_invalid',
      'passkey_unknown',
      'terminal_exists',
    ],
  },
  confirmTerminal: {
    method: 'POST',
    path: '/v1/terminals/:id/confirm',
    tag: 'Terminals',
    caller: 'session',
    status: 200,
    summary: 'Prove that the sealed challenge could be opened. The terminal is active then.',
    params: byId('trm'),
    body: closed({ proof: base64url(32, 32) }),
    answer: o.terminal,
    refuses: ['not_found', 'proof_invalid', 'terminal_not_active'],
  },
  getTerminal: {
    method: 'GET',
    path: '/v1/terminals/:id',
    tag: 'Terminals',
    caller: 'session',
    status: 200,
    summary: 'One of your phones.',
    params: byId('trm'),
    answer: o.terminal,
    refuses: ['not_found'],
  },
  listTerminals: {
    method: 'GET',
    path: '/v1/terminals',
    tag: 'Terminals',
    caller: 'terminal',
    status: 200,
    summary: 'Your phones, and the cards that live on each.',
    query: closed({}),
    answer: o.listOf(phone),
    refuses: [],
  },
  removeTerminal: {
    method: 'POST',
    path: '/v1/terminals/:id/remove',
    tag: 'Terminals',
    caller: 'terminal',
    status: 200,
    summary: 'End another phone of yours, at once; its cards are this one’s to pull.',
    params: byId('trm'),
    body: removeTerminalBody,
    answer: phone,
    refuses: [
      'not_found',
      'arrival_state',
      'terminal_removed',
      'passkey_invalid',
      'terminal_not_active',
      'signature_invalid',
      'statement_invalid',
      'vault_unavailable',
    ],
  },
} as const
