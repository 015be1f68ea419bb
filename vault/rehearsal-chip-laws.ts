/** For tests: the laws' rows of proximity devices; see rehearsal-laws.ts. */
import { epochAt } from '@warifu/protocol/proximity-frame'
import type { VaultOperation } from '@warifu/protocol/vault'
import type { chipOperations } from '@warifu/protocol/vault-chips'
import { NOW_MS } from './rehearsal.ts'
import {
  codeFor,
  confirmationOf,
  confirming,
  contentOf,
  madeChip,
  pairedChip,
  pairingBy,
  pairingOf,
  vouched,
} from './rehearsal-chip.ts'
import { must, offer as offerTerminal, signedRequest } from './rehearsal-person.ts'
import type { Attack, LawRow, Scene } from './rehearsal-scene.ts'

type ChipOperation = keyof typeof chipOperations & VaultOperation

const NOBODY = 'pxd_00000000000000000000000000' as const

async function pairingThefts(scene: Scene): Promise<Attack<'pair_chip'>[]> {
  const { victim, attacker, victims, attackers, stage } = scene
  const chip = await madeChip(scene)
  const honest = pairingOf(chip, victim, victims)
  const mine = await madeChip(scene)
  const unproved = (await offerTerminal(stage)).person
  const heard = { counter: 9, code: 'A'.repeat(22) }
  const body = { device: chip.device, name: '車', card: attackers.card, chip: heard }
  return [
    {
      name: 'the victim’s pairing code under the attacker’s signature',
      input: pairingOf(await madeChip(scene), victim, attackers, attacker),
      expect: 'chip_code_invalid',
    },
    {
      name: 'the victim’s own request in the attacker’s name',
      input: { ...honest, terminal: attacker.terminal },
      expect: 'signature_invalid',
    },
    {
      name: 'a code that no chip made',
      input: pairingBy(attacker, body),
      expect: 'chip_code_invalid',
    },
    {
      name: 'a chip that no operator admitted',
      input: pairingBy(attacker, { ...body, device: NOBODY }),
      expect: 'chip_unknown',
    },
    {
      name: 'another chip’s code',
      input: pairingOf({ ...mine, device: chip.device }, attacker, attackers),
      expect: 'chip_code_invalid',
    },
    {
      name: 'a chip that is somebody’s',
      input: pairingOf(await pairedChip(scene), attacker, attackers),
      expect: 'chip_paired',
    },
    {
      name: 'with the victim’s card',
      input: pairingOf(mine, attacker, victims),
      expect: 'card_unknown',
    },
    {
      name: 'a terminal that proved nothing',
      input: pairingOf(mine, unproved, attackers),
      expect: 'terminal_not_admitted',
    },
  ]
}

/** What an attacker could start from: an honest confirmation, and the victim's other chip. */
async function booty(scene: Scene) {
  const chip = await pairedChip(scene)
  const content = contentOf(scene)
  const statement = { content, device: chip.device, chip: codeFor(chip, content) }
  return { chip, content, statement }
}

/** The victim's own phone, with something bent in what it confirms. */
async function bentConfirmations(scene: Scene): Promise<Attack<'verify_chip'>[]> {
  const { victim } = scene
  const { content, statement } = await booty(scene)
  const other = await pairedChip(scene)
  const contents = {
    'a dearer payment under the same code': { ...content, amount: content.amount + 1 },
    'another payee under the same code': { ...content, payee: { ...content.payee, name: '盗人' } },
    'another number under the same code': { ...content, match_number: '43' },
  }
  const bent = (name: string, change: object, expect: string): Attack<'verify_chip'> => ({
    name,
    input: confirming(victim, vouched(victim, { ...statement, ...change })),
    expect,
  })
  return [
    ...Object.entries(contents).map(([name, one]) =>
      bent(name, { content: one }, 'chip_code_invalid'),
    ),
    bent('another chip of the victim’s', { chip: codeFor(other, content) }, 'chip_code_invalid'),
    bent('a chip of nobody’s', { device: (await madeChip(scene)).device }, 'chip_unknown'),
    bent('a card not named', { content: { ...content, card: 'own_card' } }, 'card_unknown'),
  ]
}

/** Other people's signatures, and old ones. */
async function confirmingThefts(scene: Scene): Promise<Attack<'verify_chip'>[]> {
  const { victim, attacker, attackers } = scene
  const { chip, content, statement } = await booty(scene)
  const other = await pairedChip(scene)
  await must(scene.stage.dispatch, 'verify_chip', confirmationOf(scene, other))
  const elsewhere = { path: `/v1/payments/${contentOf(scene).subject.id}/present` }
  const own = { ...statement, content: { ...content, card: attackers.card } }
  const again = vouched(victim, { ...statement, chip: codeFor(chip, content) })
  return [
    {
      name: 'the attacker’s phone with the victim’s chip',
      input: confirming(attacker, vouched(attacker, own)),
      expect: 'chip_unknown',
    },
    {
      name: 'the attacker’s phone with the victim’s card',
      input: confirming(attacker, vouched(attacker, statement)),
      expect: 'card_unknown',
    },
    {
      name: 'a yes to another statement',
      input: confirming(victim, { ...again, statement }),
      expect: 'assertion_invalid',
    },
    {
      name: 'the attacker’s yes',
      input: confirming(victim, vouched(attacker, statement)),
      expect: 'assertion_invalid',
    },
    {
      name: 'presented for another payment',
      input: {
        terminal: victim.terminal,
        request: signedRequest(victim, vouched(victim, statement), elsewhere),
      },
      expect: 'statement_invalid',
    },
    {
      name: 'the attacker’s signature in the victim’s name',
      input: { ...confirming(attacker, vouched(attacker, statement)), terminal: victim.terminal },
      expect: 'signature_invalid',
    },
    {
      name: 'a counter of before, with another code',
      input: confirmationOf(scene, { ...other, counter: 0 }),
      expect: 'chip_replayed',
    },
  ]
}

export const chipLaws: { readonly [O in ChipOperation]: LawRow<O> } = {
  pair_chip: {
    honest: async (scene) => pairingOf(await madeChip(scene), scene.victim, scene.victims),
    attacks: pairingThefts,
  },
  verify_chip: {
    honest: async (scene) => confirmationOf(scene, await pairedChip(scene)),
    attacks: async (scene) => [
      ...(await bentConfirmations(scene)),
      ...(await confirmingThefts(scene)),
    ],
  },
  remove_chip: {
    honest: async (scene) => ({ device: (await pairedChip(scene)).device }),
    attacks: async () => [
      { name: 'a chip that nobody admitted', input: { device: NOBODY }, expect: 'chip_unknown' },
    ],
  },
  make_epoch_codes: {
    honest: async (scene) => {
      await pairedChip(scene)
      return { epoch: epochAt(NOW_MS), after: null }
    },
    attacks: async () =>
      [-2, 2, 96].map((step) => ({
        name: `an epoch ${step} from now, to follow people with`,
        input: { epoch: epochAt(NOW_MS) + step, after: null },
        expect: 'epoch_closed',
      })),
  },
}
