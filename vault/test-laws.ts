/**
 * For tests: per operation, an honest input and every way an attacker could bend it: their own
 * key, their own id, somebody else's. The type has a row for each operation or does not compile.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import type { PresentBody, VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { codeOf } from './codes.ts'
import type { Dispatch } from './dispatcher.ts'
import {
  admissionOf,
  assertionOf,
  type Carried,
  carryCard,
  createPerson,
  digestOf,
  enrol,
  must,
  openingOf,
  type Person,
  presentationOf,
  proofOf,
  signedRequest,
} from './test-person.ts'
import { chance, newId } from './test-vault.ts'
import type { World } from './world.ts'

export type Scene = {
  readonly world: World
  readonly dispatch: Dispatch
  readonly victim: Person
  readonly attacker: Person
  readonly victims: Carried
  readonly attackers: Carried
}

export async function createScene(world: World, dispatch: Dispatch): Promise<Scene> {
  const victim = await enrol(dispatch, createPerson())
  const attacker = await enrol(dispatch, createPerson())
  const victims = await carryCard(dispatch, victim)
  const attackers = await carryCard(dispatch, attacker)
  return { world, dispatch, victim, attacker, victims, attackers }
}

export type Attack<O extends VaultOperation> = {
  readonly name: string
  readonly input: VaultInput<O>
  /** The word of the answer. */
  readonly expect: string
}
export type LawRow<O extends VaultOperation> = {
  /** A new honest input at each call. */
  readonly honest: (scene: Scene) => Promise<VaultInput<O>>
  readonly attacks: (scene: Scene) => Promise<readonly Attack<O>[]>
}

const NOW = '2026-05-01T10:00:00.000Z'
const LATER = '2026-05-01T11:00:00.000Z'
const unknownTerminal = () => newId('trm')
const randomText = (size: number): string => toBase64url(chance.bytes(size))

/** The attestation without user verification: "none" attestations are not signed (§8.7). */
function withoutVerification(person: Person): VaultInput<'register_passkey'> {
  const { attestation } = person.registration
  const object = Buffer.from(attestation.attestation_object, 'base64url')
  const flagsAt = object.length - Buffer.concat([Buffer.alloc(0)]).length
  const authData = object.indexOf(Buffer.from('authData')) + 8 + 2
  object[authData + 32] = (object[authData + 32] ?? 0) & ~0x04 & (flagsAt > 0 ? 0xff : 0)
  return {
    ...person.registration,
    attestation: { ...attestation, attestation_object: toBase64url(object) },
  }
}

async function offered(dispatch: Dispatch): Promise<{ person: Person; proof: string }> {
  const person = createPerson()
  await must(dispatch, 'register_passkey', person.registration)
  const { challenge } = await must(dispatch, 'admit_terminal', admissionOf(person))
  return { person, proof: proofOf(person, challenge) }
}

async function madeCode({ dispatch }: Scene, tries = 3): Promise<ReturnType<typeof newId<'ver'>>> {
  const verification = newId('ver')
  await must(dispatch, 'make_code', { verification, tries, expires_at: LATER })
  return verification
}

const wrongCode = (world: World, verification: string): string =>
  codeOf(world.hierarchy, verification) === '000000' ? '000001' : '000000'

async function exhaustedCode(scene: Scene): Promise<ReturnType<typeof newId<'ver'>>> {
  const verification = await madeCode(scene, 1)
  const code = wrongCode(scene.world, verification)
  const [attempt, now] = [newId('req'), NOW]
  await scene.dispatch([
    { id: 1, operation: 'check_code', input: { verification, attempt, code, now } },
  ])
  return verification
}

export const laws: { readonly [O in VaultOperation]: LawRow<O> } = {
  register_passkey: {
    honest: async () => createPerson().registration,
    attacks: async ({ victim, attacker }) => {
      const fresh = createPerson()
      const own = fresh.registration
      return [
        {
          name: 'a second passkey for somebody else',
          input: { ...own, cardholder: victim.cardholder },
          expect: 'credential_exists',
        },
        {
          name: 'somebody else’s passkey for a new person',
          input: { ...victim.registration, cardholder: newId('chl') },
          expect: 'credential_exists',
        },
        {
          name: 'another challenge',
          input: { ...own, challenge: randomText(32) },
          expect: 'passkey_invalid',
        },
        {
          name: 'a credential id that is not the passkey’s',
          input: {
            ...own,
            attestation: { ...own.attestation, credential_id: attacker.passkey.credentialId },
          },
          expect: 'passkey_invalid',
        },
        {
          name: 'no user verification',
          input: withoutVerification(fresh),
          expect: 'passkey_invalid',
        },
      ]
    },
  },
  verify_login: {
    honest: async ({ victim }) => {
      const challenge = randomText(32)
      return { challenge, assertion: assertionOf(victim, challenge) }
    },
    attacks: async ({ victim, attacker }) => {
      const challenge = randomText(32)
      const forged = assertionOf(attacker, challenge)
      const { credentialId } = victim.passkey
      const other = { origin: 'http://evil.localhost:1', rpId: 'evil.localhost' }
      const passkey = { ...victim.passkey, rpId: other.rpId }
      return [
        {
          name: 'the victim’s credential id with the attacker’s key',
          input: { challenge, assertion: { ...forged, credential_id: credentialId } },
          expect: 'passkey_invalid',
        },
        {
          name: 'a passkey that nobody registered',
          input: { challenge, assertion: assertionOf(createPerson(), challenge) },
          expect: 'passkey_unknown',
        },
        {
          name: 'another challenge',
          input: { challenge: randomText(32), assertion: assertionOf(victim, challenge) },
          expect: 'passkey_invalid',
        },
        {
          name: 'no user verification',
          input: { challenge, assertion: assertionOf(victim, challenge, { userVerified: false }) },
          expect: 'passkey_invalid',
        },
        {
          name: 'another site',
          input: { challenge, assertion: assertionOf({ ...victim, passkey }, challenge, other) },
          expect: 'passkey_invalid',
        },
      ]
    },
  },
  admit_terminal: {
    honest: async ({ dispatch }) => {
      const person = createPerson()
      await must(dispatch, 'register_passkey', person.registration)
      return admissionOf(person)
    },
    attacks: async ({ victim, attacker }) => {
      const { sealing, signing } = createPerson()
      const keys = { terminal: unknownTerminal(), sealing, signing }
      const posing = { ...victim, ...keys }
      const honest = admissionOf(posing)
      const offCurve = { ...honest.sealing_key, y: honest.sealing_key.x }
      return [
        {
          name: 'the attacker’s keys, vouched for by the attacker, for the victim',
          input: admissionOf(posing, { voucher: attacker }),
          expect: 'passkey_unknown',
        },
        {
          name: 'the attacker’s keys with the victim’s assertion over something else',
          input: { ...honest, assertion: assertionOf(victim, randomText(32)) },
          expect: 'passkey_invalid',
        },
        {
          name: 'the attacker’s sealing key in an honest admission',
          input: { ...honest, sealing_key: jwkOfPoint(attacker.sealing.publicBytes) },
          expect: 'enrolment_invalid',
        },
        {
          name: 'another origin',
          input: admissionOf(posing, { origin: 'http://evil.localhost:1' }),
          expect: 'enrolment_invalid',
        },
        {
          name: 'a point that is not on the curve',
          input: { ...honest, sealing_key: offCurve },
          expect: 'enrolment_invalid',
        },
        {
          name: 'one key for two purposes',
          input: admissionOf({ ...posing, sealing: posing.signing }),
          expect: 'enrolment_invalid',
        },
        {
          name: 'keys that are bound already',
          input: admissionOf({ ...attacker, terminal: unknownTerminal() }),
          expect: 'terminal_exists',
        },
        {
          name: 'a bound sealing key as signing key',
          input: admissionOf({ ...attacker, ...keys, signing: victim.sealing }),
          expect: 'terminal_exists',
        },
        {
          name: 'an id that is taken',
          input: admissionOf({ ...attacker, ...keys, terminal: victim.terminal }),
          expect: 'terminal_exists',
        },
      ]
    },
  },
  confirm_terminal: {
    honest: async ({ dispatch }) => {
      const { person, proof } = await offered(dispatch)
      return { terminal: person.terminal, proof }
    },
    attacks: async ({ dispatch, victim }) => {
      const one = await offered(dispatch)
      const two = await offered(dispatch)
      const gone = await offered(dispatch)
      await must(dispatch, 'remove_terminal', { terminal: gone.person.terminal })
      return [
        {
          name: 'another terminal’s proof',
          input: { terminal: one.person.terminal, proof: two.proof },
          expect: 'proof_invalid',
        },
        {
          name: 'a wrong proof for an admitted terminal',
          input: { terminal: victim.terminal, proof: one.proof },
          expect: 'proof_invalid',
        },
        {
          name: 'no such terminal',
          input: { terminal: unknownTerminal(), proof: one.proof },
          expect: 'terminal_unknown',
        },
        {
          name: 'a removed terminal',
          input: { terminal: gone.person.terminal, proof: gone.proof },
          expect: 'terminal_unknown',
        },
      ]
    },
  },
  make_code: {
    honest: async () => ({ verification: newId('ver'), tries: 3, expires_at: LATER }),
    attacks: async (scene) => {
      const verification = await exhaustedCode(scene)
      const input = { verification, tries: 10, expires_at: LATER }
      return [{ name: 'new tries for a used-up code', input, expect: 'code_exhausted' }]
    },
  },
  check_code: {
    honest: async (scene) => {
      const verification = await madeCode(scene)
      const code = codeOf(scene.world.hierarchy, verification)
      return { verification, attempt: newId('req'), code, now: NOW }
    },
    attacks: async (scene) => {
      const attempt = newId('req')
      const [fresh, used] = [await madeCode(scene), await exhaustedCode(scene)]
      const codeFor = (verification: string) => codeOf(scene.world.hierarchy, verification)
      const past = '2026-05-01T11:00:00.001Z'
      return [
        {
          name: 'a guess',
          input: { verification: fresh, attempt, code: wrongCode(scene.world, fresh), now: NOW },
          expect: 'code_wrong',
        },
        {
          name: 'the right code after the last try',
          input: { verification: used, attempt, code: codeFor(used), now: NOW },
          expect: 'code_exhausted',
        },
        {
          name: 'the right code too late',
          input: { verification: fresh, attempt, code: codeFor(fresh), now: past },
          expect: 'code_expired',
        },
        {
          name: 'no such verification',
          input: { verification: newId('ver'), attempt, code: '000000', now: NOW },
          expect: 'code_expired',
        },
      ]
    },
  },
  make_card: {
    honest: async ({ victim: { cardholder } }) => ({
      card: newId('crd'),
      cardholder,
      bin: '99912345',
      expires: '2031-12',
    }),
    attacks: async ({ attacker, victims }) => [
      {
        name: 'somebody else’s card made again for the attacker',
        input: {
          card: victims.card,
          cardholder: attacker.cardholder,
          bin: '999123',
          expires: '2031-12',
        },
        expect: 'vault_unavailable',
      },
    ],
  },
  seal_card: {
    honest: async ({ dispatch, victim }) => {
      const card = newId('crd')
      const { cardholder, terminal } = victim
      await must(dispatch, 'make_card', { card, cardholder, bin: '999123', expires: '2030-04' })
      return { card, terminal, scheme: 'double_sealed', now: NOW }
    },
    attacks: async ({ dispatch, attacker, victim, victims, attackers }) => {
      const unproved = await offered(dispatch)
      const gone = await enrol(dispatch, createPerson())
      await must(dispatch, 'remove_terminal', { terminal: gone.terminal })
      const base = { scheme: 'double_sealed', now: NOW } as const
      const { card } = victims
      return [
        {
          name: 'the victim’s card to the attacker’s terminal',
          input: { ...base, card, terminal: attacker.terminal },
          expect: 'cardholder_mismatch',
        },
        {
          name: 'the attacker’s card to the victim’s terminal',
          input: { ...base, card: attackers.card, terminal: victim.terminal },
          expect: 'cardholder_mismatch',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { ...base, card, terminal: unknownTerminal() },
          expect: 'terminal_unknown',
        },
        {
          name: 'a terminal that proved nothing',
          input: { ...base, card, terminal: unproved.person.terminal },
          expect: 'terminal_not_admitted',
        },
        {
          name: 'a removed terminal',
          input: { ...base, card, terminal: gone.terminal },
          expect: 'terminal_not_admitted',
        },
        {
          name: 'no such card',
          input: { ...base, card: newId('crd'), terminal: attacker.terminal },
          expect: 'card_unknown',
        },
      ]
    },
  },
  open_card: {
    honest: async ({ victim, victims }) => openingOf(victim, victims),
    attacks: openAttacks,
  },
  remove_terminal: {
    honest: async ({ dispatch }) => ({ terminal: (await offered(dispatch)).person.terminal }),
    attacks: async () => [
      {
        name: 'no such terminal',
        input: { terminal: unknownTerminal() },
        expect: 'terminal_unknown',
      },
    ],
  },
  audit_head: { honest: async () => ({}), attacks: async () => [] },
}

async function openAttacks(scene: Scene): Promise<readonly Attack<'open_card'>[]> {
  const { dispatch, victim, attacker, victims } = scene
  const gone = await enrol(dispatch, createPerson())
  const goneCarries = await carryCard(dispatch, gone)
  await must(dispatch, 'remove_terminal', { terminal: gone.terminal })
  const unproved = (await offered(dispatch)).person
  const body = presentationOf(victim, victims)
  const other = presentationOf(victim, victims)
  const { terminal } = victim
  const sent = signedRequest(victim, body)
  const altered = Buffer.from(JSON.stringify({ ...body, statement: other.statement }))
  const by = (changed: object): VaultInput<'open_card'> => ({
    terminal,
    request: signedRequest(victim, changed),
  })
  return [
    ...identityAttacks(scene, body),
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
    {
      name: 'another body under the signed digest',
      input: { terminal, request: { ...sent, body: toBase64url(altered) } },
      expect: 'signature_invalid',
    },
    {
      name: 'another body and its digest',
      input: {
        terminal,
        request: { ...signedRequest(attacker, other), signature: sent.signature },
      },
      expect: 'signature_invalid',
    },
    {
      name: 'another counter',
      input: { terminal, request: { ...sent, counter: '2' } },
      expect: 'signature_invalid',
    },
    {
      name: 'a signed request of another kind',
      input: { terminal, request: signedRequest(victim, body, { path: '/v1/cards' }) },
      expect: 'signature_invalid',
    },
    {
      name: 'a signed read',
      input: { terminal, request: signedRequest(victim, body, { method: 'GET' }) },
      expect: 'signature_invalid',
    },
    {
      name: 'the statement of another payment',
      input: {
        terminal,
        request: signedRequest(victim, body, { path: `/v1/payments/${newId('pay')}/present` }),
      },
      expect: 'statement_invalid',
    },
    { name: 'an unknown field', input: by({ ...body, extra: 1 }), expect: 'statement_invalid' },
    {
      name: 'the assertion of another statement',
      input: by({ ...body, assertion: other.assertion }),
      expect: 'assertion_invalid',
    },
    {
      name: 'the attacker’s assertion',
      input: by({ ...body, assertion: assertionOf(attacker, digestOf(jcs(body.statement))) }),
      expect: 'assertion_invalid',
    },
  ]
}

/** The attacker’s own key and id, with what is the victim’s. */
function identityAttacks(scene: Scene, body: PresentBody): readonly Attack<'open_card'>[] {
  const { victim, attacker, victims, attackers } = scene
  const { terminal } = victim
  const stolen = presentationOf(attacker, victims)
  const foreign = { card: newId('crd'), blob: attackers.blob }
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
      input: { terminal: unknownTerminal(), request: signedRequest(attacker, body) },
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
