/**
 * For tests: per operation, an honest input and every way an attacker could bend it: their own
 * key, their own id, somebody else's. The type has a row for each operation or does not compile.
 */
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import type { Id } from '@warifu/protocol/ids'
import type { VaultOperation } from '@warifu/protocol/vault'
import { codeOf } from './codes.ts'
import { arrivalLaws } from './rehearsal-arrival-laws.ts'
import { chipLaws } from './rehearsal-chip-laws.ts'
import { codeLaws } from './rehearsal-code-laws.ts'
import { entryLaws } from './rehearsal-entry-laws.ts'
import { issuingLaws } from './rehearsal-issuing-laws.ts'
import { joiningLaws } from './rehearsal-joining.ts'
import { assertionOf, loginOf } from './rehearsal-passkey.ts'
import {
  admissionOf,
  createPerson,
  enrol,
  enrolmentDigestOf,
  must,
  NOW,
  offer,
  openingOf,
  randomText,
} from './rehearsal-person.ts'
import { pinLaws } from './rehearsal-pin-laws.ts'
import { plasticLaws } from './rehearsal-plastic-laws.ts'
import { readerLaws } from './rehearsal-reader-laws.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'
import { schemeLaws } from './rehearsal-scheme-laws.ts'
import { simLaws } from './rehearsal-sim-laws.ts'
import { openAttacks } from './rehearsal-thefts.ts'

const LATER = '2027-01-05T01:00:00.000Z'
const TOO_LATE = '2027-01-05T01:00:00.001Z'

async function madeCode({ stage }: Scene, tries = 3): Promise<Id<'ver'>> {
  const verification = stage.newId('ver')
  await must(stage.dispatch, 'make_code', { verification, tries, expires_at: LATER })
  return verification
}

const rightCode = ({ world }: Scene, verification: string): string =>
  codeOf(world.hierarchy, verification)
const wrongCode = (scene: Scene, verification: string): string =>
  rightCode(scene, verification) === '000000' ? '000001' : '000000'

async function exhaustedCode(scene: Scene): Promise<Id<'ver'>> {
  const verification = await madeCode(scene, 1)
  const code = wrongCode(scene, verification)
  const input = { verification, attempt: scene.stage.newId('req'), code, now: NOW }
  await scene.stage.dispatch([{ id: 1, operation: 'check_code', input }])
  return verification
}

export const laws: { readonly [O in VaultOperation]: LawRow<O> } = {
  ...joiningLaws,
  ...entryLaws,
  ...schemeLaws,
  ...arrivalLaws,
  ...pinLaws,
  ...plasticLaws,
  ...issuingLaws,
  ...simLaws,
  ...readerLaws,
  ...chipLaws,
  ...codeLaws,
  admit_terminal: {
    honest: async ({ stage }) => {
      const person = createPerson(stage)
      await must(stage.dispatch, 'register_passkey', person.registration)
      return admissionOf(person)
    },
    attacks: async ({ stage, victim, attacker }) => {
      const { terminal, sealing, signing } = createPerson(stage)
      const keys = { terminal, sealing, signing }
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
          input: { ...honest, assertion: assertionOf(victim.passkey, randomText(stage, 32)) },
          expect: 'passkey_invalid',
        },
        {
          name: 'the attacker’s keys with the victim’s log-in, their digest as its nonce',
          input: { ...honest, assertion: loginOf(victim.passkey, enrolmentDigestOf(honest)) },
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
          input: admissionOf({ ...attacker, terminal }),
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
    honest: async ({ stage }) => {
      const { person, proof } = await offer(stage)
      return { terminal: person.terminal, proof }
    },
    attacks: async ({ stage, victim }) => {
      const one = await offer(stage)
      const two = await offer(stage)
      const gone = await offer(stage)
      await must(stage.dispatch, 'remove_terminal', { terminal: gone.person.terminal })
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
          input: { terminal: stage.newId('trm'), proof: one.proof },
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
    honest: async ({ stage }) => ({
      verification: stage.newId('ver'),
      tries: 3,
      expires_at: LATER,
    }),
    attacks: async (scene) => {
      const verification = await exhaustedCode(scene)
      const input = { verification, tries: 10, expires_at: LATER }
      return [{ name: 'new tries for a used-up code', input, expect: 'code_exhausted' }]
    },
  },
  check_code: {
    honest: async (scene) => {
      const verification = await madeCode(scene)
      const code = rightCode(scene, verification)
      return { verification, attempt: scene.stage.newId('req'), code, now: NOW }
    },
    attacks: async (scene) => {
      const attempt = scene.stage.newId('req')
      const [fresh, used] = [await madeCode(scene), await exhaustedCode(scene)]
      return [
        {
          name: 'a guess',
          input: { verification: fresh, attempt, code: wrongCode(scene, fresh), now: NOW },
          expect: 'code_wrong',
        },
        {
          name: 'the right code after the last try',
          input: { verification: used, attempt, code: rightCode(scene, used), now: NOW },
          expect: 'code_exhausted',
        },
        {
          name: 'the right code too late',
          input: { verification: fresh, attempt, code: rightCode(scene, fresh), now: TOO_LATE },
          expect: 'code_expired',
        },
        {
          name: 'no such verification',
          input: { verification: scene.stage.newId('ver'), attempt, code: '000000', now: NOW },
          expect: 'code_expired',
        },
      ]
    },
  },
  make_card: {
    honest: async ({ stage, victim: { cardholder } }) => ({
      card: stage.newId('crd'),
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
    honest: async ({ stage, victim }) => {
      const card = stage.newId('crd')
      const { cardholder, terminal } = victim
      await must(stage.dispatch, 'make_card', {
        card,
        cardholder,
        bin: '999123',
        expires: '2030-04',
      })
      return { card, terminal, scheme: 'double_sealed', now: NOW }
    },
    attacks: async ({ stage, attacker, victim, victims, attackers }) => {
      const unproved = await offer(stage)
      const gone = await enrol(stage)
      await must(stage.dispatch, 'remove_terminal', { terminal: gone.terminal })
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
          input: { ...base, card, terminal: stage.newId('trm') },
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
          input: { ...base, card: stage.newId('crd'), terminal: attacker.terminal },
          expect: 'card_unknown',
        },
        {
          name: 'the card again, by a scheme in which the terminal reads it',
          input: { ...base, card, terminal: victim.terminal, scheme: 'terminal_sealed' },
          expect: 'scheme_mismatch',
        },
      ]
    },
  },
  open_card: {
    honest: async ({ victim, victims }) => openingOf(victim, victims),
    attacks: openAttacks,
  },
  remove_terminal: {
    honest: async ({ stage }) => ({ terminal: (await offer(stage)).person.terminal }),
    attacks: async ({ stage }) => [
      {
        name: 'no such terminal',
        input: { terminal: stage.newId('trm') },
        expect: 'terminal_unknown',
      },
    ],
  },
  list_keys: { honest: async () => ({}), attacks: async () => [] },
  audit_head: { honest: async () => ({}), attacks: async () => [] },
  audit_page: { honest: async () => ({ after: 0 }), attacks: async () => [] },
}
