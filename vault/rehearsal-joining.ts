/**
 * For tests: the laws' rows of joining and logging in. A passkey vouches for one thing at a time: a
 * log-in is no enrolment and no payment, and neither of them logs anybody in.
 */
import { jcs } from '@warifu/crypto/jcs'
import { assertionOf, attestationOf, type Bend, FLAGS, loginOf } from './rehearsal-passkey.ts'
import {
  admissionOf,
  createPerson,
  digestOf,
  enrolmentDigestOf,
  presentationOf,
  randomText,
} from './rehearsal-person.ts'
import type { Attack, LawRow, Scene } from './rehearsal-scene.ts'

type JoiningLaws = { readonly [O in 'register_passkey' | 'verify_login']: LawRow<O> }

export const joiningLaws: JoiningLaws = {
  register_passkey: {
    honest: async ({ stage }) => createPerson(stage).registration,
    attacks: async ({ stage, victim, attacker }) => {
      const fresh = createPerson(stage)
      const own = fresh.registration
      const bent = (bend: Bend) => ({
        ...own,
        attestation: attestationOf(fresh.passkey, own.challenge, bend),
      })
      const unverified = bent({ flags: FLAGS.present })
      const foreign = bent({ origin: 'http://evil.localhost:1' })
      return [
        {
          name: 'a second passkey for somebody else',
          input: { ...own, cardholder: victim.cardholder },
          expect: 'credential_exists',
        },
        {
          name: 'somebody else’s passkey for a new person',
          input: { ...victim.registration, cardholder: stage.newId('chl') },
          expect: 'credential_exists',
        },
        {
          name: 'another challenge',
          input: { ...own, challenge: randomText(stage, 32) },
          expect: 'passkey_invalid',
        },
        {
          name: 'a credential id that is not the passkey’s',
          input: {
            ...own,
            attestation: { ...own.attestation, credential_id: attacker.passkey.id },
          },
          expect: 'passkey_invalid',
        },
        { name: 'no user verification', input: unverified, expect: 'passkey_invalid' },
        { name: 'another site', input: foreign, expect: 'passkey_invalid' },
      ]
    },
  },
  verify_login: {
    honest: async ({ stage, victim }) => {
      const nonce = randomText(stage, 32)
      return { nonce, assertion: loginOf(victim.passkey, nonce) }
    },
    attacks: async (scene) => [...forgedLogins(scene), ...strayAssertions(scene)],
  },
}

function forgedLogins({ stage, victim, attacker }: Scene): Attack<'verify_login'>[] {
  const nonce = randomText(stage, 32)
  const { id } = victim.passkey
  const bent = (bend: Bend) => ({ nonce, assertion: loginOf(victim.passkey, nonce, bend) })
  return [
    {
      name: 'the victim’s credential id with the attacker’s key',
      input: { nonce, assertion: loginOf({ ...attacker.passkey, id }, nonce) },
      expect: 'passkey_invalid',
    },
    {
      name: 'a passkey that nobody registered',
      input: { nonce, assertion: loginOf(createPerson(stage).passkey, nonce) },
      expect: 'passkey_unknown',
    },
    {
      name: 'another nonce',
      input: { ...bent({}), nonce: randomText(stage, 32) },
      expect: 'passkey_invalid',
    },
    {
      name: 'no user verification',
      input: bent({ flags: FLAGS.present }),
      expect: 'passkey_invalid',
    },
    {
      name: 'another site',
      input: bent({ origin: 'http://evil.localhost:1' }),
      expect: 'passkey_invalid',
    },
    {
      name: 'another relying party',
      input: bent({ rpId: 'evil.localhost' }),
      expect: 'passkey_invalid',
    },
  ]
}

/** What the victim vouched for, but not as a log-in; the nonce is the server's to choose. */
function strayAssertions({ stage, victim, victims }: Scene): Attack<'verify_login'>[] {
  const nonce = randomText(stage, 32)
  const admission = admissionOf(victim)
  const { statement, assertion } = presentationOf(victim, victims)
  if (assertion === undefined) throw new Error('a presentation has an assertion here')
  return [
    {
      name: 'an assertion over the nonce itself',
      input: { nonce, assertion: assertionOf(victim.passkey, nonce) },
      expect: 'passkey_invalid',
    },
    {
      name: 'the assertion of an enrolment',
      input: { nonce: enrolmentDigestOf(admission), assertion: admission.assertion },
      expect: 'passkey_invalid',
    },
    {
      name: 'the assertion of a payment',
      input: { nonce: digestOf(jcs(statement)), assertion },
      expect: 'passkey_invalid',
    },
  ]
}
