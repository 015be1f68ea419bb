/** For tests: the laws' rows of PINs; see rehearsal-laws.ts. */
import type { Id } from '@warifu/protocol/ids'
import type { pinOperations } from '@warifu/protocol/vault-pins'
import { pinCodeOf } from './pin-setting.ts'
import { carryCard, enrol, must, openingOf } from './rehearsal-person.ts'
import { choosePin, sealPin, settingOf, unblockingOf } from './rehearsal-pins.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'

const LATER = '2027-01-05T01:00:00.000Z'

/** A card of the victim’s whose PIN is blocked, and a code that may unblock it. */
async function blocked({ stage, world, victim }: Scene) {
  const { card } = await carryCard(victim)
  await must(stage.dispatch, 'set_pin', await choosePin(victim, card, '4827'))
  await world.store`select pins.judge(${card}, sha256(n::text::bytea), false, true, 0)
                    from generate_series(1, 3) n`
  const verification = await codeFor(stage, card)
  return { card, verification, code: pinCodeOf(world, verification) }
}

async function codeFor(stage: Scene['stage'], card: Id<'crd'>): Promise<Id<'ver'>> {
  const verification = stage.newId('ver')
  const input = { verification, card, tries: 3, expires_at: LATER }
  await must(stage.dispatch, 'make_pin_code', input)
  return verification
}

export const pinLaws: { readonly [O in keyof typeof pinOperations]: LawRow<O> } = {
  vault_key: { honest: async () => ({ use: 'pin' }), attacks: async () => [] },
  set_pin: {
    honest: async ({ victim }) => choosePin(victim, (await carryCard(victim)).card, '4827'),
    attacks: async ({ stage, victim, attacker, victims, attackers }) => {
      const { card } = victims
      const sealed = await sealPin(victim, { card, pin: '7350' })
      const other = await sealPin(victim, { card, pin: '7351' })
      const gone = await enrol(stage)
      await must(stage.dispatch, 'remove_terminal', { terminal: gone.terminal })
      const honest = settingOf(victim, { card, sealed })
      const path = `/v1/cards/${attackers.card}/pin`
      return [
        {
          name: 'a terminal that the vault never admitted',
          input: { ...honest, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
        {
          name: 'a removed terminal',
          input: settingOf(gone, { card, sealed }),
          expect: 'terminal_not_admitted',
        },
        {
          name: 'the victim’s name under the attacker’s signature',
          input: settingOf(victim, { card, sealed }, { signer: attacker }),
          expect: 'signature_invalid',
        },
        {
          name: 'the victim’s phone without the victim’s passkey',
          input: settingOf(victim, { card, sealed }, { voucher: attacker }),
          expect: 'assertion_invalid',
        },
        {
          name: 'a card of somebody else',
          input: settingOf(attacker, { card, sealed }),
          expect: 'card_unknown',
        },
        {
          name: 'the way to another card',
          input: settingOf(victim, { card, sealed }, { path }),
          expect: 'statement_invalid',
        },
        {
          name: 'a signed payment in the place of a PIN',
          input: { ...honest, request: openingOf(victim, victims).request },
          expect: 'signature_invalid',
        },
        {
          name: 'another sealed PIN under the same statement',
          input: { ...honest, request: swapped(honest.request, sealed.ct, other.ct) },
          expect: 'signature_invalid',
        },
      ]
    },
  },
  unblock_pin: {
    honest: async (scene) => unblockingOf(scene.victim, await blocked(scene)),
    attacks: async (scene) => {
      const { stage, victim, attacker, victims, attackers } = scene
      const right = await blocked(scene)
      const elsewhere = await codeFor(stage, attackers.card)
      const code = pinCodeOf(scene.world, elsewhere)
      const wrong = right.code === '00000000' ? '00000001' : '00000000'
      return [
        {
          name: 'the code without the passkey',
          input: unblockingOf(victim, right, { voucher: attacker }),
          expect: 'assertion_invalid',
        },
        {
          name: 'the code without the phone',
          input: unblockingOf(victim, right, { signer: attacker }),
          expect: 'signature_invalid',
        },
        {
          name: 'somebody else’s card',
          input: unblockingOf(attacker, right),
          expect: 'card_unknown',
        },
        {
          name: 'a code that was made for another card',
          input: unblockingOf(victim, { ...right, verification: elsewhere, code }),
          expect: 'verification_mismatch',
        },
        {
          name: 'a guess',
          input: unblockingOf(victim, { ...right, code: wrong }),
          expect: 'code_wrong',
        },
        {
          name: 'the right code too late',
          input: { ...unblockingOf(victim, right), now: '2027-01-05T01:00:00.001Z' },
          expect: 'code_expired',
        },
        {
          name: 'a PIN that was never blocked',
          input: unblockingOf(victim, { ...right, card: victims.card }),
          expect: 'pin_not_blocked',
        },
      ]
    },
  },
  make_pin_code: {
    honest: async ({ stage, victims }) => ({
      verification: stage.newId('ver'),
      card: victims.card,
      tries: 3,
      expires_at: LATER,
    }),
    attacks: async ({ stage }) => {
      const ids = { verification: stage.newId('ver'), card: stage.newId('crd') }
      const input = { ...ids, tries: 3, expires_at: LATER }
      return [{ name: 'no such card', input, expect: 'card_unknown' }]
    },
  },
  pin_state: {
    honest: async ({ victims }) => ({ card: victims.card }),
    attacks: async ({ stage }) => [
      { name: 'no such card', input: { card: stage.newId('crd') }, expect: 'card_unknown' },
    ],
  },
}

/** The signed request with another ciphertext in its body, and the old digest. */
function swapped<R extends { readonly body: string }>(request: R, from: string, to: string): R {
  const body = Buffer.from(request.body, 'base64url').toString('utf8').replace(from, to)
  return { ...request, body: Buffer.from(body).toString('base64url') }
}
