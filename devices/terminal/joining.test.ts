// Goal: the platform chooses a log-in's nonce, never what the passkey signs.
// Method: a platform that gives the digest of an enrolment of its own keys as nonce; the passkey
// tells what it was asked to sign.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Reply } from '@warifu/protocol/contract'
import type { PasskeyAsk } from './authenticator.ts'
import { logIn } from './joining.ts'
import { blankState, memoryStore, queueTurns } from './terminal-state.ts'

const id = <P extends string>(prefix: P): `${P}_${string}` => `${prefix}_${'0'.repeat(26)}`
const at = '2026-05-01T00:00:00.000Z'
const origin = 'http://wallet.localhost:1'
const sha256 = (...parts: (Uint8Array | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** A log-in at a platform with this nonce; answers with what the passkey was asked. */
async function askedBy(nonce: Uint8Array, rp_id = 'wallet.localhost'): Promise<PasskeyAsk[]> {
  const asked: PasskeyAsk[] = []
  const options: Reply<'startLogin'> = {
    registration: id('reg'),
    nonce: toBase64url(nonce),
    rp_id,
    deadline_at: at,
  }
  const session: Reply<'createSession'> = {
    object: 'session',
    cardholder: id('chl'),
    token: `ws_${'A'.repeat(43)}`,
    expires_at: at,
  }
  await logIn({
    apiUrl: '',
    origin,
    nowMs: () => Date.parse(at),
    random: (length) => new Uint8Array(length),
    passkey: {
      create: () => assert.fail(),
      get: async (ask) => {
        asked.push(ask)
        const text = 'AAAA'
        return {
          credential_id: text,
          authenticator_data: text,
          client_data_json: text,
          signature: text,
        }
      },
    },
    store: memoryStore({ ...blankState, credential: 'AAAA' }),
    turns: queueTurns(),
    extractable: false,
    fetch: async (url) =>
      new Response(JSON.stringify(url.endsWith('/logins') ? options : session), { status: 201 }),
  })
  return asked
}

test('the digest of an enrolment as nonce: what is signed is not that digest', async () => {
  const thief = { sealing_thumbprint: 'theirs', signing_thumbprint: 'theirs' }
  const digest = sha256(jcsBytes({ nonce: 'n', origin, ...thief }))
  const [ask] = await askedBy(digest)
  assert(ask)
  assert.notDeepEqual(Buffer.from(ask.challenge), digest)
  assert.deepEqual(Buffer.from(ask.challenge), sha256('warifu/1/login\0', digest))
  assert.equal(ask.origin, origin)
})

test('a platform of another name is not logged in to', async () => {
  await assert.rejects(askedBy(new Uint8Array(32), 'evil.localhost'), /evil\.localhost/)
})
