/** For tests: the laws' rows of SIMs; see rehearsal-laws.ts. */
import { toBase64url } from '@warifu/crypto/base64url'
import { jcs } from '@warifu/crypto/jcs'
import type { LinkSimBody, PresentSim } from '@warifu/protocol/sim'
import { assertionOf } from './rehearsal-passkey.ts'
import { digestOf, must, signedRequest } from './rehearsal-person.ts'
import type { Attack, LawRow, Scene } from './rehearsal-scene.ts'
import {
  admitted,
  carrying,
  linkBodyOf,
  linked,
  linkingOf,
  type Sim,
  simContentOf,
  simOpeningOf,
  simPresentationOf,
  voucherOf,
} from './rehearsal-sim.ts'

type Operations = 'link_sim' | 'open_sim' | 'remove_sim'

const victims = ({ world, victim, victims: card }: Scene) => linked(world, victim, card)
const attackers = ({ world, attacker, attackers: card }: Scene) => linked(world, attacker, card)

export const simLaws: { readonly [O in Operations]: LawRow<O> } = {
  link_sim: {
    honest: async ({ world, victim, victims: card }) =>
      linkingOf(await carrying(world, victim, card)),
    attacks: async (scene) => {
      const sim = await carrying(scene.world, scene.victim, scene.victims)
      return [...linkThefts(scene, sim), ...(await linkMistakes(scene, sim))]
    },
  },
  open_sim: {
    honest: async (scene) => simOpeningOf(await victims(scene)),
    attacks: async (scene) => {
      const [sim, own] = [await victims(scene), await attackers(scene)]
      return [...senderThefts(scene, sim), ...(await simThefts(scene, sim, own))]
    },
  },
  remove_sim: {
    honest: async (scene) => ({ sim: (await admitted(scene.world, scene.victim)).id }),
    attacks: async ({ stage }) => [
      { name: 'no such SIM', input: { sim: stage.newId('sim') }, expect: 'sim_unknown' },
    ],
  },
}

/** Somebody else takes the victim's SIM into use. */
function linkThefts({ attacker, stage }: Scene, sim: Sim): Attack<'link_sim'>[] {
  const posing = { ...sim, person: attacker }
  const foreign = { ...sim, bridge: stage.chance.keyPair() }
  const noSim = { ...sim, authentication: new Uint8Array(16) }
  const body = linkBodyOf(sim)
  return [
    {
      name: 'the victim’s SIM on the attacker’s terminal',
      input: linkingOf(posing),
      expect: 'sim_unknown',
    },
    {
      name: 'the attacker’s signature in the victim’s name',
      input: { ...linkingOf(sim), request: signedRequest(attacker, body, { path: '/v1/sims' }) },
      expect: 'signature_invalid',
    },
    {
      name: 'the attacker’s passkey',
      input: linkingOf(sim, {
        ...body,
        assertion: assertionOf(attacker.passkey, digestOf(jcs(body.statement))),
      }),
      expect: 'assertion_invalid',
    },
    {
      name: 'a bridge that does not hold its key',
      input: linkingOf(sim, { ...body, voucher: voucherOf(foreign, 'link', body.statement) }),
      expect: 'bridge_invalid',
    },
    {
      name: 'no SIM at hand',
      input: linkingOf(noSim, linkBodyOf(noSim)),
      expect: 'sim_other',
    },
    {
      name: 'what the SIM answered to a payment',
      input: linkingOf(sim, { ...body, voucher: voucherOf(sim, 'pay', body.statement) }),
      expect: 'bridge_invalid',
    },
  ]
}

/** Its owner, but not like this. */
async function linkMistakes(
  { world, victim, stage, attackers: foreign }: Scene,
  sim: Sim,
): Promise<Attack<'link_sim'>[]> {
  const empty = await admitted(world, victim)
  const tooLate = '2027-01-05T00:05:00.001Z'
  const by = (body: LinkSimBody) => linkingOf(sim, body)
  return [
    {
      name: 'a link of another hour',
      input: by(linkBodyOf(sim, { at: tooLate })),
      expect: 'statement_invalid',
    },
    {
      name: 'a statement for another terminal',
      input: by(linkBodyOf(sim, { terminal: stage.newId('trm') })),
      expect: 'statement_invalid',
    },
    { name: 'a SIM with nothing in it', input: linkingOf(empty), expect: 'sim_not_active' },
    {
      name: 'a chip that no operator admitted',
      input: by(linkBodyOf(sim, { iccid: '8981999999999999999' })),
      expect: 'sim_unknown',
    },
    {
      name: 'a card that is not in it',
      input: by(linkBodyOf(sim, { card: foreign.card })),
      expect: 'card_unknown',
    },
  ]
}

/** The request or the statement bent, with the victim's SIM. */
function senderThefts({ victim, attacker, stage }: Scene, sim: Sim): Attack<'open_sim'>[] {
  const body = simPresentationOf(sim)
  const { statement } = body
  const by = (changed: object) => ({
    terminal: victim.terminal,
    request: signedRequest(victim, changed),
  })
  const dearer = { ...statement, content: { ...statement.content, amount: 9_999_999 } }
  const sent = signedRequest(victim, body)
  const path = `/v1/payments/${stage.newId('pay')}/present`
  const agreed = (changed: PresentSim['statement']) =>
    assertionOf(victim.passkey, digestOf(jcs(changed)))
  return [
    {
      name: 'a terminal that the vault never admitted',
      input: { ...simOpeningOf(sim), terminal: stage.newId('trm') },
      expect: 'terminal_unknown',
    },
    {
      name: 'the attacker’s signature in the victim’s name',
      input: { terminal: victim.terminal, request: signedRequest(attacker, body) },
      expect: 'signature_invalid',
    },
    {
      name: 'another body under the signed digest',
      input: {
        terminal: victim.terminal,
        request: {
          ...sent,
          body: toBase64url(Buffer.from(JSON.stringify({ ...body, statement: dearer }))),
        },
      },
      expect: 'signature_invalid',
    },
    {
      name: 'another payment’s path',
      input: { terminal: victim.terminal, request: signedRequest(victim, body, { path }) },
      expect: 'statement_invalid',
    },
    {
      name: 'another sealed record than the statement names',
      input: by({ ...body, record: simPresentationOf(sim).record }),
      expect: 'statement_invalid',
    },
    {
      name: 'digits that the statement does not name',
      input: by({ ...body, digits: simPresentationOf(sim, { digits: '12' }).digits }),
      expect: 'statement_invalid',
    },
    {
      name: 'the passkey’s yes to another amount',
      input: by({ ...body, statement: dearer }),
      expect: 'assertion_invalid',
    },
    {
      name: 'an altered amount that terminal and passkey agree to, but not bridge and SIM',
      input: by({ ...body, statement: dearer, assertion: agreed(dearer) }),
      expect: 'bridge_invalid',
    },
  ]
}

/** Other SIMs, copies, other bridges, other payments. */
async function simThefts(scene: Scene, sim: Sim, own: Sim): Promise<Attack<'open_sim'>[]> {
  const { world, stage, attacker } = scene
  const copied = { ...sim, authentication: own.authentication }
  const foreign = { ...sim, bridge: own.bridge }
  const unlinked = await carrying(world, scene.victim, scene.victims)
  const gone = await linked(world, scene.victim, scene.victims)
  await must(stage.dispatch, 'remove_sim', { sim: gone.id })
  const shown = simPresentationOf(sim)
  await must(stage.dispatch, 'open_sim', simOpeningOf(sim, shown))
  const again = simPresentationOf(sim, { content: simContentOf(sim), sealed: shown.record })
  const posing = { ...sim, person: attacker }
  return [
    {
      name: 'the victim’s SIM, all of it, on the attacker’s terminal',
      input: simOpeningOf(posing, simPresentationOf(posing)),
      expect: 'sim_unknown',
    },
    {
      name: 'the victim’s record copied into another SIM',
      input: simOpeningOf(copied, simPresentationOf(copied)),
      expect: 'sim_other',
    },
    {
      name: 'another bridge than the linked one',
      input: simOpeningOf(foreign, simPresentationOf(foreign)),
      expect: 'bridge_invalid',
    },
    {
      name: 'a SIM that no bridge was linked for',
      input: simOpeningOf(unlinked),
      expect: 'bridge_invalid',
    },
    { name: 'a removed SIM', input: simOpeningOf(gone), expect: 'sim_not_active' },
    {
      name: 'a sealed record that was shown for another payment',
      input: simOpeningOf(sim, again),
      expect: 'sim_replayed',
    },
  ]
}
