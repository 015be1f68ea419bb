/** For tests: the laws' rows of plastic; see rehearsal-laws.ts. */
import type { plasticOperations } from '@warifu/protocol/vault-plastic'
import { carryCard, enrol, NOW } from './rehearsal-person.ts'
import {
  activationOf,
  foundBureau,
  keyedOf,
  orderOf,
  orderPlastic,
  pageFor,
} from './rehearsal-plastic.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'

/** A plastic of the victim’s, made and on its way. */
async function sent({ stage, world, victim }: Scene) {
  const { card } = await carryCard(victim)
  const bureau = await foundBureau(stage, world)
  return { card, ...(await orderPlastic(victim, bureau, card)) }
}

export const plasticLaws: { readonly [O in keyof typeof plasticOperations]: LawRow<O> } = {
  make_plastic: {
    honest: async ({ stage, world, victim }) => {
      const { card } = await carryCard(victim)
      const { id: bureau } = await foundBureau(stage, world)
      return orderOf(victim, { card, bureau, plastic: stage.newId('pls') })
    },
    attacks: async ({ stage, world, victim, attacker, victims }) => {
      const { card } = victims
      const { id: bureau } = await foundBureau(stage, world)
      const order = { card, bureau, plastic: stage.newId('pls') }
      const honest = orderOf(victim, order)
      return [
        {
          name: 'a bureau that no operator admitted',
          input: { ...honest, bureau: stage.newId('bur') },
          expect: 'bureau_unknown',
        },
        {
          name: 'a card that its owner did not sign for',
          input: orderOf(victim, order, { signer: attacker }),
          expect: 'signature_invalid',
        },
        {
          name: 'a card that its owner’s passkey did not vouch for',
          input: orderOf(victim, order, { voucher: attacker }),
          expect: 'assertion_invalid',
        },
        {
          name: 'somebody else’s card',
          input: orderOf(attacker, order),
          expect: 'card_unknown',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { ...honest, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
      ]
    },
  },
  open_plastic_page: {
    honest: async (scene) => {
      const { plastic } = await sent(scene)
      return { plastic, terminal: scene.victim.terminal, now: NOW }
    },
    attacks: async (scene) => {
      const { plastic } = await sent(scene)
      const { stage, attacker, victim } = scene
      return [
        {
          name: 'a page for the attacker’s terminal',
          input: { plastic, terminal: attacker.terminal, now: NOW },
          expect: 'plastic_elsewhere',
        },
        {
          name: 'no such plastic',
          input: { plastic: stage.newId('pls'), terminal: victim.terminal, now: NOW },
          expect: 'plastic_unknown',
        },
      ]
    },
  },
  activate_plastic: {
    honest: async (scene) => {
      const { plastic, job } = await sent(scene)
      const page = await pageFor(scene.victim, plastic)
      return activationOf(scene.victim, { page, read: keyedOf(job) })
    },
    attacks: async (scene) => {
      const { stage, victim, attacker } = scene
      const { plastic, job } = await sent(scene)
      const page = await pageFor(victim, plastic)
      const read = keyedOf(job)
      const honest = await activationOf(victim, { page, read })
      const second = await enrol(stage)
      const nonce = 'A'.repeat(22)
      return [
        {
          name: 'the stolen letter, on the thief’s own phone',
          input: await activationOf(attacker, { page, read }),
          expect: 'card_unknown',
        },
        {
          name: 'the stolen letter and page under the thief’s signature',
          input: await activationOf(victim, { page, read }, { signer: attacker }),
          expect: 'signature_invalid',
        },
        {
          name: 'the honest answer under another terminal’s name',
          input: { ...honest, terminal: second.terminal },
          expect: 'signature_invalid',
        },
        {
          name: 'a page that was never opened',
          input: await activationOf(victim, { page: { ...page, nonce }, read }),
          expect: 'page_unknown',
        },
        {
          name: 'the right answer too late',
          input: { ...honest, now: '2027-01-05T00:10:00.000Z' },
          expect: 'page_expired',
        },
        {
          name: 'no such plastic',
          input: await activationOf(victim, {
            page: { ...page, plastic: stage.newId('pls') },
            read,
          }),
          expect: 'plastic_unknown',
        },
      ]
    },
  },
  end_plastic: {
    honest: async (scene) => ({ plastic: (await sent(scene)).plastic }),
    attacks: async ({ stage }) => [
      {
        name: 'no such plastic',
        input: { plastic: stage.newId('pls') },
        expect: 'plastic_unknown',
      },
    ],
  },
}
