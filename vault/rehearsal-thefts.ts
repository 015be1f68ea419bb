/**
 * For tests: every way to take the payment path with something that is not one's own. None of them
 * may bring the vault to decrypt anything.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import type { PresentBody, VaultInput } from '@warifu/protocol/vault'
import { assertionOf, loginOf } from './rehearsal-passkey.ts'
import {
  type Carried,
  carryCard,
  digestOf,
  enrol,
  must,
  offer,
  openingOf,
  type Person,
  presentationOf,
  type Stage,
  signedRequest,
} from './rehearsal-person.ts'

type Scene = {
  readonly stage: Stage
  readonly victim: Person
  readonly attacker: Person
  readonly victims: Carried
  readonly attackers: Carried
}
export type Theft = {
  readonly name: string
  readonly input: VaultInput<'open_card'>
  readonly expect: string
}

export const openAttacks = async (scene: Scene): Promise<readonly Theft[]> => {
  const body = presentationOf(scene.victim, scene.victims)
  return [
    ...(await terminalThefts(scene)),
    ...identityThefts(scene, body),
    ...requestThefts(scene, body),
    ...statementThefts(scene, body),
  ]
}

async function terminalThefts({ stage, victims }: Scene): Promise<Theft[]> {
  const gone = await enrol(stage)
  const goneCarries = await carryCard(gone)
  await must(stage.dispatch, 'remove_terminal', { terminal: gone.terminal })
  const unproved = (await offer(stage)).person
  return [
    {
      name: 'a removed terminal',
      input: openingOf(gone, goneCarries),
      expect: 'terminal_not_admitted',
    },
    {
      name: 'a terminal that proved nothing',
      input: openingOf(unproved, victims),
      expect: 'terminal_not_admitted',
    },
  ]
}

/** The request altered on its way, or signed for something else. */
function requestThefts({ victim, attacker, victims }: Scene, body: PresentBody): Theft[] {
  const { terminal } = victim
  const other = presentationOf(victim, victims)
  const sent = signedRequest(victim, body)
  const altered = Buffer.from(JSON.stringify({ ...body, statement: other.statement }))
  const resigned = { ...signedRequest(attacker, other), signature: sent.signature }
  const requests = {
    'another body under the signed digest': { ...sent, body: toBase64url(altered) },
    'another body and its digest': resigned,
    'another counter': { ...sent, counter: '2' },
    'another path': { ...sent, path: signedRequest(victim, other).path },
    'a query': { ...sent, query: '?a=1' },
    'a signed request of another kind': signedRequest(victim, body, { path: '/v1/cards' }),
    'a signed read': signedRequest(victim, body, { method: 'GET' }),
    'no signature': { ...sent, signature: '' },
    'a signature of another profile': {
      ...sent,
      signature_input: sent.signature_input.replace('"@query" ', ''),
    },
  }
  return Object.entries(requests).map(([name, request]) => ({
    name,
    input: { terminal, request },
    expect: 'signature_invalid',
  }))
}

/** Signed by the right key, but not a statement that this passkey vouches for. */
function statementThefts(scene: Scene, body: PresentBody): Theft[] {
  const { stage, victim, attacker, victims } = scene
  const { terminal } = victim
  const other = presentationOf(victim, victims)
  const path = `/v1/payments/${stage.newId('pay')}/present`
  const challenge = digestOf(jcs(body.statement))
  const by = (changed: object): VaultInput<'open_card'> => ({
    terminal,
    request: signedRequest(victim, changed),
  })
  const unverified = assertionOf(victim.passkey, challenge, { flags: 0x01 })
  return [
    {
      name: 'the statement of another payment',
      input: { terminal, request: signedRequest(victim, body, { path }) },
      expect: 'statement_invalid',
    },
    { name: 'an unknown field', input: by({ ...body, extra: 1 }), expect: 'statement_invalid' },
    {
      name: 'the assertion of another statement',
      input: by({ ...body, assertion: other.assertion }),
      expect: 'assertion_invalid',
    },
    {
      name: 'the victim’s log-in, the statement’s digest as its nonce',
      input: by({ ...body, assertion: loginOf(victim.passkey, challenge) }),
      expect: 'assertion_invalid',
    },
    {
      name: 'the attacker’s assertion',
      input: by({ ...body, assertion: assertionOf(attacker.passkey, challenge) }),
      expect: 'assertion_invalid',
    },
    {
      name: 'an assertion without user verification',
      input: by({ ...body, assertion: unverified }),
      expect: 'assertion_invalid',
    },
  ]
}

/** The attacker’s own key and id, with what is the victim’s. */
function identityThefts(scene: Scene, body: PresentBody): Theft[] {
  const { stage, victim, attacker, victims, attackers } = scene
  const { terminal } = victim
  const stolen = presentationOf(attacker, victims)
  const foreign = { card: stage.newId('crd'), blob: attackers.blob }
  return [
    {
      name: 'the attacker’s key in the victim’s name',
      input: { terminal, request: signedRequest(attacker, body) },
      expect: 'signature_invalid',
    },
    {
      name: 'the attacker’s key under the victim’s key id',
      input: {
        terminal,
        request: signedRequest({ ...victim, signing: attacker.signing }, body, {
          keyid: /keyid="([^"]+)"/.exec(signedRequest(victim, body).signature_input)?.[1] ?? '',
        }),
      },
      expect: 'signature_invalid',
    },
    {
      name: 'the victim’s blob on the attacker’s terminal',
      input: { terminal: attacker.terminal, request: signedRequest(attacker, stolen) },
      expect: 'cardholder_mismatch',
    },
    {
      name: 'a terminal that the vault never admitted',
      input: { terminal: stage.newId('trm'), request: signedRequest(attacker, body) },
      expect: 'terminal_unknown',
    },
    {
      name: 'another blob than the statement names',
      input: {
        terminal,
        request: signedRequest(victim, { ...body, blob: attackers.blob }),
      },
      expect: 'blob_mismatch',
    },
    {
      name: 'the blob of another card than the statement names',
      input: openingOf(attacker, foreign),
      expect: 'blob_mismatch',
    },
  ]
}
