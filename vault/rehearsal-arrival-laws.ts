/** For tests: the laws' rows of further phones; see rehearsal-laws.ts. */
import type { arrivalOperations } from '@warifu/protocol/vault-arrivals'
import { proofCodeOf } from './arrival-proofs.ts'
import { arrive, dismissOf, prove, recallOf, yesOf } from './rehearsal-arrivals.ts'
import { enrol, must, NOW } from './rehearsal-person.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'

const LATER = '2027-01-05T01:00:00.000Z'

async function asked({ stage, victim }: Scene) {
  const { terminal } = await arrive(victim)
  const verification = stage.newId('ver')
  const made = { verification, terminal, method: 'phone' as const, tries: 3, expires_at: LATER }
  await must(stage.dispatch, 'make_proof_code', made)
  return verification
}

/** Proofs that are not enough. */
async function unproved({ world, victim }: Pick<Scene, 'world' | 'victim'>) {
  const half = await arrive(victim)
  await prove(world, half, 'phone')
  await prove(world, half, 'phone')
  const fresh = await arrive(victim)
  await prove(world, fresh, 'phone')
  await prove(world, fresh, 'operator')
  return [
    {
      name: 'one method twice is one proof',
      input: { terminal: half.terminal, replaces: victim.terminal, yes: null },
      expect: 'proofs_missing',
    },
    {
      name: 'two proofs, and no time in which the owner could say no',
      input: { terminal: fresh.terminal, replaces: victim.terminal, yes: null },
      expect: 'proofs_too_new',
    },
  ]
}

export const arrivalLaws: { readonly [O in keyof typeof arrivalOperations]: LawRow<O> } = {
  release_terminal: {
    honest: async ({ victim }) => yesOf(victim, await arrive(victim)),
    attacks: async ({ stage, world, victim, attacker }) => {
      const phone = await arrive(victim)
      const other = await arrive(victim)
      const { terminal } = phone
      const honest = yesOf(victim, phone)
      const own = yesOf(attacker, await arrive(attacker))
      const bend = { sealing_thumbprint: 'A'.repeat(43) }
      return [
        {
          name: 'the synced passkey alone, on a thief’s phone',
          input: { terminal, replaces: null, yes: null },
          expect: 'proofs_missing',
        },
        {
          name: 'the synced passkey, and the waiting phone’s own signature as the yes',
          input: yesOf(phone, phone),
          expect: 'terminal_not_admitted',
        },
        {
          name: 'the old phone’s name under the new one’s signature',
          input: yesOf(victim, phone, { signer: phone }),
          expect: 'signature_invalid',
        },
        {
          name: 'the old phone’s yes without the passkey',
          input: yesOf(victim, phone, { voucher: attacker }),
          expect: 'assertion_invalid',
        },
        {
          name: 'the old phone’s no',
          input: yesOf(victim, phone, { answer: 'deny' }),
          expect: 'statement_invalid',
        },
        {
          name: 'the yes to one phone for another',
          input: { ...honest, terminal: other.terminal },
          expect: 'statement_invalid',
        },
        {
          name: 'a key in the content that is not the phone’s',
          input: yesOf(victim, phone, { bend }),
          expect: 'statement_invalid',
        },
        {
          name: 'a yes to one more phone, used to take the old one’s place',
          input: { ...honest, replaces: victim.terminal },
          expect: 'statement_invalid',
        },
        {
          name: 'somebody else’s phone says yes',
          input: { ...own, terminal },
          expect: 'cardholder_mismatch',
        },
        ...(await unproved({ world, victim })),
        {
          name: 'no such terminal',
          input: { ...honest, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
      ]
    },
  },
  make_proof_code: {
    honest: async ({ stage, victim }) => ({
      verification: stage.newId('ver'),
      terminal: (await arrive(victim)).terminal,
      method: 'phone',
      tries: 3,
      expires_at: LATER,
    }),
    attacks: async ({ stage, victim }) => [
      {
        name: 'a proof for a phone that does not wait',
        input: {
          verification: stage.newId('ver'),
          terminal: victim.terminal,
          method: 'phone',
          tries: 3,
          expires_at: LATER,
        },
        expect: 'terminal_unknown',
      },
    ],
  },
  check_proof_code: {
    honest: async (scene) => {
      const verification = await asked(scene)
      const code = proofCodeOf(scene.world, verification)
      return { verification, attempt: scene.stage.newId('req'), code, now: NOW }
    },
    attacks: async (scene) => {
      const verification = await asked(scene)
      const right = proofCodeOf(scene.world, verification)
      const code = right === '00000000' ? '00000001' : '00000000'
      const attempt = scene.stage.newId('req')
      const late = '2027-01-05T01:00:00.001Z'
      return [
        {
          name: 'a guess',
          input: { verification, attempt, code, now: NOW },
          expect: 'code_wrong',
        },
        {
          name: 'the right code too late',
          input: { verification, attempt, code: right, now: late },
          expect: 'code_expired',
        },
        {
          name: 'a code that was made for something else',
          input: { verification: scene.stage.newId('ver'), attempt, code: right, now: NOW },
          expect: 'code_expired',
        },
      ]
    },
  },
  recall_terminal: {
    honest: async ({ victim }) => {
      const phone = await arrive(victim)
      await must(victim.stage.dispatch, 'release_terminal', yesOf(victim, phone))
      return recallOf(victim, phone)
    },
    attacks: async ({ stage, victim, attacker }) => {
      const phone = await arrive(victim)
      return [
        {
          name: 'somebody else calls it back',
          input: recallOf(attacker, phone),
          expect: 'cardholder_mismatch',
        },
        {
          name: 'the phone that waits calls the owner’s phone back',
          input: recallOf(phone, victim),
          expect: 'terminal_not_admitted',
        },
        {
          name: 'the owner’s name under another signature',
          input: recallOf(victim, phone, attacker),
          expect: 'signature_invalid',
        },
        {
          name: 'no such caller',
          input: { ...recallOf(victim, phone), by: (await enrol(stage)).terminal },
          expect: 'signature_invalid',
        },
      ]
    },
  },
  dismiss_terminal: {
    honest: async ({ victim }) => {
      const phone = await arrive(victim)
      await must(victim.stage.dispatch, 'release_terminal', yesOf(victim, phone))
      return dismissOf(victim, phone)
    },
    attacks: async ({ stage, victim, attacker }) => {
      const phone = await arrive(victim)
      const other = await arrive(victim)
      return [
        {
          name: 'a thief’s waiting phone, with the synced passkey, ends the owner’s',
          input: dismissOf(phone, victim),
          expect: 'terminal_not_admitted',
        },
        {
          name: 'the owner’s phone, and another passkey',
          input: dismissOf(victim, phone, { voucher: attacker }),
          expect: 'assertion_invalid',
        },
        {
          name: 'the owner’s name under another signature',
          input: dismissOf(victim, phone, { signer: phone }),
          expect: 'signature_invalid',
        },
        {
          name: 'the passkey vouched for another phone’s end',
          input: dismissOf(victim, phone, { bend: { terminal: other.terminal } }),
          expect: 'statement_invalid',
        },
        {
          name: 'somebody else ends it',
          input: dismissOf(attacker, phone),
          expect: 'cardholder_mismatch',
        },
        {
          name: 'a phone ends itself',
          input: dismissOf(victim, victim),
          expect: 'cardholder_mismatch',
        },
        {
          name: 'no such terminal',
          input: dismissOf(victim, { ...phone, terminal: stage.newId('trm') }),
          expect: 'terminal_unknown',
        },
      ]
    },
  },
}
