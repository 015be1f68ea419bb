/** For tests: the laws' row of codes that pay up to a cap; see rehearsal-laws.ts. */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import {
  CAPPED_CODE_PATH,
  type CappedCodeBody,
  type CodeContent,
} from '@warifu/protocol/capped-code'
import type { VaultInput } from '@warifu/protocol/vault'
import { assertionOf, loginOf } from './rehearsal-passkey.ts'
import {
  type Carried,
  contentOf,
  digestOf,
  NOW,
  type Person,
  sha256,
  signedRequest,
} from './rehearsal-person.ts'
import type { Attack, LawRow, Scene } from './rehearsal-scene.ts'

type Call = VaultInput<'open_code'>
const CODE = new Uint8Array(16).fill(7)
const path = CAPPED_CODE_PATH

const digestOfCode = (code: Uint8Array) => sha256(code).toString('base64url')

function bodyOf(
  person: Person,
  { card, blob }: Carried,
  own: Partial<CodeContent> = {},
): CappedCodeBody {
  const content: CodeContent = {
    subject: { kind: 'code', digest: digestOfCode(CODE) },
    amount: 2000,
    currency: 'jpy',
    extent: 'up_to',
    card,
    factors: ['terminal_signature', 'user_verification'],
    deadline_at: '2027-01-05T00:01:00.000Z',
    ...own,
  }
  const statement = {
    scheme: 'double_sealed',
    content,
    card,
    blob_digest: digestOf(blob),
  } as const
  return { statement, blob, assertion: assertionOf(person.passkey, digestOf(jcs(statement))) }
}

const callOf = (person: Person, body: object, own: Partial<Call> = {}): Call => ({
  terminal: person.terminal,
  request: signedRequest(person, body, { path }),
  code: toBase64url(CODE),
  amount: 2000,
  currency: 'jpy',
  now: NOW,
  ...own,
})

const attack = (name: string, expect: string, input: Call): Attack<'open_code'> => ({
  name,
  expect,
  input,
})

export const codeLaws: { readonly open_code: LawRow<'open_code'> } = {
  open_code: {
    honest: async ({ victim, victims }) => callOf(victim, bodyOf(victim, victims)),
    attacks: async (scene) => [...senders(scene), ...statements(scene), ...uses(scene)],
  },
}

function senders({ stage, victim, victims, attacker, attackers }: Scene) {
  const body = bodyOf(victim, victims)
  const sent = signedRequest(victim, body, { path })
  const dearer = { ...body.statement, content: { ...body.statement.content, amount: 9_999_999 } }
  const bent = toBase64url(Buffer.from(JSON.stringify({ ...body, statement: dearer })))
  const by = (request: Call['request']) => callOf(victim, body, { request })
  return [
    attack(
      'a terminal that the vault never admitted',
      'terminal_unknown',
      callOf(victim, body, { terminal: stage.newId('trm') }),
    ),
    attack(
      'the attacker’s signature in the victim’s name',
      'signature_invalid',
      by(signedRequest(attacker, body, { path })),
    ),
    attack('another cap under the signed digest', 'signature_invalid', by({ ...sent, body: bent })),
    attack(
      'signed for another endpoint',
      'signature_invalid',
      by(signedRequest(victim, body, { path: '/v1/codes' })),
    ),
    attack(
      'the victim’s card on the attacker’s terminal',
      'cardholder_mismatch',
      callOf(attacker, bodyOf(attacker, victims)),
    ),
    attack(
      'another card’s blob',
      'blob_mismatch',
      callOf(victim, { ...body, blob: attackers.blob }),
    ),
  ]
}

/** Signed by the terminal, but not what the passkey vouches for, or no code's content. */
function statements({ stage, victim, victims, attacker, attackers }: Scene) {
  const body = bodyOf(victim, victims)
  const { statement } = body
  const challenge = digestOf(jcs(statement))
  const dearer = { ...statement, content: { ...statement.content, amount: 9_999_999 } }
  const { assertion, ...silent } = body
  const by = (changed: object) => callOf(victim, { ...body, ...changed })
  const passkey = (made: CappedCodeBody['assertion']) => by({ assertion: made })
  const unverified = assertionOf(victim.passkey, challenge, { flags: 0x01 })
  return [
    attack('a cap altered after the yes', 'assertion_invalid', by({ statement: dearer })),
    attack('no passkey at all', 'statement_invalid', callOf(victim, silent)),
    attack(
      'the attacker’s passkey',
      'assertion_invalid',
      passkey(assertionOf(attacker.passkey, challenge)),
    ),
    attack('a log-in for a yes', 'assertion_invalid', passkey(loginOf(victim.passkey, challenge))),
    attack('a yes without user verification', 'assertion_invalid', passkey(unverified)),
    attack(
      'a payment’s content',
      'statement_invalid',
      by({ statement: { ...statement, content: contentOf(stage) } }),
    ),
    attack(
      'another card in the content than in the statement',
      'statement_invalid',
      callOf(victim, bodyOf(victim, victims, { card: attackers.card })),
    ),
  ]
}

/** Honest bytes, used for something else. */
function uses({ victim, victims }: Scene) {
  const body = bodyOf(victim, victims)
  const by = (own: Partial<Call>) => callOf(victim, body, own)
  const other = toBase64url(new Uint8Array(16).fill(8))
  return [
    attack('another code', 'statement_invalid', by({ code: other })),
    attack('a yen above the cap', 'cap_exceeded', by({ amount: 2001 })),
    attack('another currency', 'cap_exceeded', by({ currency: 'usd' })),
    attack('at its deadline', 'code_expired', by({ now: '2027-01-05T00:01:00.000Z' })),
  ]
}
