/** For tests: the laws' rows of activating a card and of renewing the key that it is sealed to. */
import { NOW, offer } from './rehearsal-person.ts'
import type { LawRow } from './rehearsal-scene.ts'
import { activating, install, makeCard, ready } from './rehearsal-schemes.ts'

type SchemeLaws = { readonly [O in 'activate_card' | 'renew_payment_key']: LawRow<O> }

const TOO_LATE = '2027-01-12T00:00:00.000Z'

export const schemeLaws: SchemeLaws = {
  activate_card: {
    honest: async ({ victim }) => activating(victim, await install(victim, 'activation_number')),
    attacks: async ({ stage, victim, attacker }) => {
      const theirs = await install(victim, 'activation_number')
      const own = await install(attacker, 'activation_number')
      const used = await ready(victim, 'activation_number')
      const honest = activating(victim, theirs)
      const gone = (await offer(stage)).person
      return [
        {
          name: 'the victim’s number on the attacker’s terminal',
          input: activating(attacker, theirs),
          expect: 'activation_unknown',
        },
        {
          name: 'the victim’s request in the attacker’s name',
          input: { ...honest, terminal: attacker.terminal },
          expect: 'signature_invalid',
        },
        {
          name: 'the attacker’s request in the victim’s name',
          input: { ...activating(attacker, own), terminal: victim.terminal },
          expect: 'signature_invalid',
        },
        {
          name: 'a number out of the air',
          input: activating(victim, theirs, { number: 'A'.repeat(22) }),
          expect: 'activation_unknown',
        },
        {
          name: 'the number of another card than the digest names',
          input: activating(victim, theirs, { digest: used.digest }),
          expect: 'activation_unknown',
        },
        {
          name: 'a number that came back before, in a new request',
          input: activating(victim, used),
          expect: 'activation_used',
        },
        {
          name: 'the number too late',
          input: { ...activating(victim, theirs), now: TOO_LATE },
          expect: 'activation_expired',
        },
        {
          name: 'a signed request of another kind',
          input: activating(victim, theirs, { path: '/v1/cards' }),
          expect: 'signature_invalid',
        },
        {
          name: 'a terminal that proved nothing',
          input: { ...activating(gone, theirs) },
          expect: 'terminal_not_admitted',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { ...honest, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
      ]
    },
  },
  renew_payment_key: {
    honest: async ({ victim }) => {
      const { card } = await ready(victim, 'payment_key')
      return { card, terminal: victim.terminal, now: NOW }
    },
    attacks: async ({ stage, victim, attacker, victims }) => {
      const { card } = await ready(victim, 'payment_key')
      const unsealed = await makeCard(victim)
      const { person } = await offer(stage)
      return [
        {
          name: 'the victim’s card for the attacker’s terminal',
          input: { card, terminal: attacker.terminal, now: NOW },
          expect: 'cardholder_mismatch',
        },
        {
          name: 'a card of a scheme without such a key',
          input: { card: victims.card, terminal: victim.terminal, now: NOW },
          expect: 'scheme_mismatch',
        },
        {
          name: 'a card that was never sealed',
          input: { card: unsealed, terminal: victim.terminal, now: NOW },
          expect: 'scheme_mismatch',
        },
        {
          name: 'no such card',
          input: { card: stage.newId('crd'), terminal: victim.terminal, now: NOW },
          expect: 'card_unknown',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { card, terminal: stage.newId('trm'), now: NOW },
          expect: 'terminal_unknown',
        },
        {
          name: 'a terminal that proved nothing',
          input: { card, terminal: person.terminal, now: NOW },
          expect: 'terminal_not_admitted',
        },
      ]
    },
  },
}
