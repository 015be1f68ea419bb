/** For tests: the laws' rows of the issuer's identification; see rehearsal-laws.ts. */
import type { VaultInput } from '@warifu/protocol/vault'
import type { issuingOperations } from '@warifu/protocol/vault-issuing'
import {
  type Carried,
  enrol,
  must,
  openingOf,
  type Person,
  type Stage,
  signedRequest,
} from './rehearsal-person.ts'
import type { LawRow } from './rehearsal-scene.ts'

type Own = { readonly signer?: Person; readonly path?: string }

function provingOf(
  stage: Stage,
  person: Person,
  { card, blob }: Carried,
  own: Own = {},
): VaultInput<'prove_card'> {
  const { signer = person, path = `/v1/applications/${stage.newId('app')}/verifications` } = own
  const body = { method: 'issued_card', card, blob }
  return { terminal: person.terminal, request: signedRequest(signer, body, { path }) }
}

export const issuingLaws: { readonly [O in keyof typeof issuingOperations]: LawRow<O> } = {
  prove_card: {
    honest: async ({ stage, victim, victims }) => provingOf(stage, victim, victims),
    attacks: async ({ stage, victim, attacker, victims, attackers }) => {
      const gone = await enrol(stage)
      await must(stage.dispatch, 'remove_terminal', { terminal: gone.terminal })
      const honest = provingOf(stage, victim, victims)
      const stolen = { card: attackers.card, blob: victims.blob }
      return [
        {
          name: 'a terminal that the vault never admitted',
          input: { ...honest, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
        {
          name: 'a removed terminal',
          input: provingOf(stage, gone, victims),
          expect: 'terminal_not_admitted',
        },
        {
          name: 'the victim’s name under the attacker’s signature',
          input: provingOf(stage, victim, victims, { signer: attacker }),
          expect: 'signature_invalid',
        },
        {
          name: 'the victim’s card, shown by the attacker',
          input: provingOf(stage, attacker, victims),
          expect: 'card_unknown',
        },
        {
          name: 'the victim’s sealed card under the name of the attacker’s',
          input: provingOf(stage, attacker, stolen),
          expect: 'cardholder_mismatch',
        },
        {
          name: 'a signed payment in the place of a proof',
          input: { ...honest, request: openingOf(victim, victims).request },
          expect: 'signature_invalid',
        },
        {
          name: 'a request to another place',
          input: provingOf(stage, victim, victims, { path: `/v1/cards/${victims.card}/close` }),
          expect: 'signature_invalid',
        },
      ]
    },
  },
}
