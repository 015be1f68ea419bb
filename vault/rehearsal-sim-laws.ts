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
  SELECTOR,
  type Sim,
  simContentOf,
  simOpeningOf,
  simPresentationOf,
  voucherOf,
} from './rehearsal-sim.ts'

type Operations = 'personalise_sim' | 'link_sim' | 'open_sim' | 'remove_sim'

const attack = <I>(name: string, expect: string, input: I) => ({ name, expect, input })

const victims = ({ world, victim, victims: card }: Scene) => linked(world, victim, card)
const attackers = ({ world, attacker, attackers: card }: Scene) => linked(world, attacker, card)

export const simLaws: { readonly [O in Operations]: LawRow<O> } = {
  personalise_sim: {
    honest: async (scene) => writing(scene, await admitted(scene.world, scene.victim)),
    attacks: writingThefts,
  },
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
      return [
        ...senderThefts(scene, sim),
        ...statementThefts(scene, sim),
        ...(await simThefts(scene, sim, own)),
      ]
    },
  },
  remove_sim: {
    honest: async (scene) => ({ sim: (await admitted(scene.world, scene.victim)).id }),
    attacks: async ({ stage }) => [
      { name: 'no such SIM', input: { sim: stage.newId('sim') }, expect: 'sim_unknown' },
    ],
  },
}

const writing = ({ stage, victims: { card } }: Scene, { id }: Pick<Sim, 'id'>) => ({
  sim: id,
  session: stage.newId('req'),
  cards: [{ card, selector: SELECTOR }],
  answers: [],
})

/** The victim's card into a SIM that is not theirs, or with answers that no SIM gave. */
async function writingThefts(scene: Scene): Promise<Attack<'personalise_sim'>[]> {
  const { world, stage, victim, attacker } = scene
  const own = await admitted(world, victim)
  const foreign = await admitted(world, attacker)
  const full = await carrying(world, victim, scene.attackers)
  const gone = await admitted(world, victim)
  await must(stage.dispatch, 'remove_sim', { sim: gone.id })
  const honest = writing(scene, own)
  const unknown = [{ card: stage.newId('crd'), selector: SELECTOR }]
  const ok = 'kAA'
  const invented = toBase64url(new Uint8Array(34).fill(3))
  return [
    attack('the attacker’s own SIM', 'cardholder_mismatch', writing(scene, foreign)),
    attack(
      'a SIM that no operator admitted',
      'sim_unknown',
      writing(scene, { id: stage.newId('sim') }),
    ),
    attack('a removed SIM', 'sim_not_active', writing(scene, gone)),
    attack('a SIM that is in use with other cards', 'sim_written', writing(scene, full)),
    attack('no such card', 'card_unknown', { ...honest, cards: unknown }),
    attack('answers of no SIM', 'sim_channel_broken', { ...honest, answers: [ok, invented] }),
    attack('half an answer', 'sim_channel_broken', { ...honest, answers: [ok] }),
  ]
}

/** Somebody else takes the victim's SIM into use. */
function linkThefts({ attacker, stage }: Scene, sim: Sim): Attack<'link_sim'>[] {
  const posing = { ...sim, person: attacker }
  const foreign = { ...sim, bridge: stage.chance.keyPair() }
  const noSim = { ...sim, authentication: new Uint8Array(16) }
  const body = linkBodyOf(sim)
  return [
    attack('the victim’s SIM on the attacker’s terminal', 'sim_unknown', linkingOf(posing)),
    attack('the attacker’s signature in the victim’s name', 'signature_invalid', {
      ...linkingOf(sim),
      request: signedRequest(attacker, body, { path: '/v1/sims' }),
    }),
    attack(
      'the attacker’s passkey',
      'assertion_invalid',
      linkingOf(sim, {
        ...body,
        assertion: assertionOf(attacker.passkey, digestOf(jcs(body.statement))),
      }),
    ),
    attack(
      'a bridge that does not hold its key',
      'bridge_invalid',
      linkingOf(sim, { ...body, voucher: voucherOf(foreign, 'link', body.statement) }),
    ),
    attack('no SIM at hand', 'sim_other', linkingOf(noSim, linkBodyOf(noSim))),
    attack(
      'what the SIM answered to a payment',
      'bridge_invalid',
      linkingOf(sim, { ...body, voucher: voucherOf(sim, 'pay', body.statement) }),
    ),
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
    attack('a link of another hour', 'statement_invalid', by(linkBodyOf(sim, { at: tooLate }))),
    attack(
      'a statement for another terminal',
      'statement_invalid',
      by(linkBodyOf(sim, { terminal: stage.newId('trm') })),
    ),
    attack('a SIM with nothing in it', 'sim_not_active', linkingOf(empty)),
    attack(
      'a chip that no operator admitted',
      'sim_unknown',
      by(linkBodyOf(sim, { iccid: '8981999999999999999' })),
    ),
    attack('a card that is not in it', 'card_unknown', by(linkBodyOf(sim, { card: foreign.card }))),
  ]
}

/** The request or the statement bent, with the victim's SIM. */
function senderThefts({ victim, attacker, stage }: Scene, sim: Sim): Attack<'open_sim'>[] {
  const { terminal } = victim
  const body = simPresentationOf(sim)
  const sent = signedRequest(victim, body)
  const path = `/v1/payments/${stage.newId('pay')}/present`
  const altered = toBase64url(Buffer.from(JSON.stringify({ ...body, ...dearer(body) })))
  return [
    attack('a terminal that the vault never admitted', 'terminal_unknown', {
      ...simOpeningOf(sim),
      terminal: stage.newId('trm'),
    }),
    attack('the attacker’s signature in the victim’s name', 'signature_invalid', {
      terminal,
      request: signedRequest(attacker, body),
    }),
    attack('another body under the signed digest', 'signature_invalid', {
      terminal,
      request: { ...sent, body: altered },
    }),
    attack('another payment’s path', 'statement_invalid', {
      terminal,
      request: signedRequest(victim, body, { path }),
    }),
  ]
}

const dearer = ({ statement }: PresentSim) => ({
  statement: { ...statement, content: { ...statement.content, amount: 9_999_999 } },
})

/** Signed by the right terminal, but another thing than SIM and bridge vouched for. */
function statementThefts({ victim }: Scene, sim: Sim): Attack<'open_sim'>[] {
  const body = simPresentationOf(sim)
  const by = (changed: object) => simOpeningOf(sim, { ...body, ...changed })
  const { statement } = dearer(body)
  const agreed = assertionOf(victim.passkey, digestOf(jcs(statement)))
  const { record, digits } = simPresentationOf(sim, { digits: '12' })
  return [
    attack('another sealed record than the one named', 'statement_invalid', by({ record })),
    attack('digits that the statement does not name', 'statement_invalid', by({ digits })),
    attack('the passkey’s yes to another amount', 'assertion_invalid', by({ statement })),
    attack(
      'an altered amount that terminal and passkey agree to, but not bridge and SIM',
      'bridge_invalid',
      by({ statement, assertion: agreed }),
    ),
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
    attack(
      'the victim’s SIM, all of it, on the attacker’s terminal',
      'sim_unknown',
      simOpeningOf(posing, simPresentationOf(posing)),
    ),
    attack(
      'the victim’s record copied into another SIM',
      'sim_other',
      simOpeningOf(copied, simPresentationOf(copied)),
    ),
    attack(
      'another bridge than the linked one',
      'bridge_invalid',
      simOpeningOf(foreign, simPresentationOf(foreign)),
    ),
    attack('a SIM that no bridge was linked for', 'bridge_invalid', simOpeningOf(unlinked)),
    attack('a removed SIM', 'sim_not_active', simOpeningOf(gone)),
    attack(
      'a sealed record that was shown for another payment',
      'sim_replayed',
      simOpeningOf(sim, again),
    ),
  ]
}
