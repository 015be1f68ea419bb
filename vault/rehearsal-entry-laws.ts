/** For tests: the laws' rows of entry devices and mandates; see rehearsal-laws.ts. */
import { createHash } from 'node:crypto'
import { jcs } from '@warifu/crypto/jcs'
import type { MandateContent } from '@warifu/protocol/approval-content'
import { personaliseCard } from './operator-acts.ts'
import { ask } from './rehearsal.ts'
import { admit, contextOf, send } from './rehearsal-device.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'

type Entry =
  | 'make_device_keys'
  | 'open_entry'
  | 'authorize_network'
  | 'suspend_device'
  | 'verify_assent'

function contentOf({ stage, victims }: Scene): MandateContent {
  const until = '2028-01-05T00:00:00.000Z'
  return {
    approval: stage.newId('apr'),
    subject: { kind: 'mandate', id: stage.newId('mdt') },
    amount: 3000,
    currency: 'jpy',
    extent: 'up_to',
    payee: { id: stage.newId('mer'), name: '花屋', store: stage.newId('str'), place: '京都' },
    order_digest: 'A'.repeat(43),
    card: victims.card,
    presentment: 'token',
    factors: ['terminal_signature', 'user_verification'],
    match_number: null,
    mandate: { period: 'month', until },
    deadline_at: until,
  }
}
const challengeOf = (content: object) =>
  createHash('sha256').update(jcs(content)).digest('base64url')

/** The victim's card typed on an honest device. */
async function entered(scene: Scene) {
  const { world, stage, victims } = scene
  const device = await admit(world, stage)
  const { pan, expiry, security_code: code } = await personaliseCard(world, { card: victims.card })
  return { device, entry: { pan, expiry, code } }
}

export const entryLaws: { readonly [O in Entry]: LawRow<O> } = {
  make_device_keys: {
    honest: async ({ stage, world }) => {
      const { id: device } = await admit(world, stage)
      return { device, request: stage.newId('req') }
    },
    attacks: async ({ stage }) => [
      {
        name: 'a device that no operator admitted',
        input: { device: stage.newId('edv'), request: stage.newId('req') },
        expect: 'device_unknown',
      },
    ],
  },
  suspend_device: {
    honest: async ({ stage, world }) => {
      const { id: device } = await admit(world, stage)
      return { device, suspended: true }
    },
    attacks: async ({ stage }) => [
      {
        name: 'a device that no operator admitted',
        input: { device: stage.newId('edv'), suspended: false },
        expect: 'device_unknown',
      },
    ],
  },
  open_entry: {
    honest: async (scene) => {
      const { device, entry } = await entered(scene)
      return { message: send(device, entry) }
    },
    attacks: async (scene) => {
      const { device, entry } = await entered(scene)
      const other = await admit(scene.world, scene.stage)
      const suspended = await admit(scene.world, scene.stage)
      await ask(scene.stage.dispatch, 'suspend_device', { device: suspended.id, suspended: true })
      const honest = send(device, entry)
      const forged = { ...device, key: new Uint8Array(32).fill(1) }
      const foreign = { ...device, keyId: `FFFFFFFF${device.keyId.slice(8)}` }
      const flipped = honest.ct.startsWith('A') ? 'B' : 'A'
      const manyBits = { ...honest, ksn: `${device.keyId}0001FFFF` }
      return [
        {
          name: 'a device whose keys the attacker made',
          input: { message: send(forged, entry) },
          expect: 'entry_invalid',
        },
        {
          name: 'a family that is not ours',
          input: { message: send(foreign, entry) },
          expect: 'device_unknown',
        },
        {
          name: 'another device’s name on an honest message',
          input: { message: { ...honest, device: other.id } },
          expect: 'entry_mismatch',
        },
        {
          name: 'another amount',
          input: { message: { ...honest, context: contextOf({ amount: 1 }) } },
          expect: 'entry_invalid',
        },
        {
          name: 'another merchant',
          input: {
            message: { ...honest, context: contextOf({ merchant: scene.stage.newId('mer') }) },
          },
          expect: 'entry_invalid',
        },
        {
          name: 'one bit of the text',
          input: { message: { ...honest, ct: flipped + honest.ct.slice(1) } },
          expect: 'entry_invalid',
        },
        {
          name: 'a PIN block put in',
          input: { message: { ...honest, pin_block: 'A'.repeat(22) } },
          expect: 'entry_invalid',
        },
        {
          name: 'a counter with seventeen ones',
          input: { message: manyBits },
          expect: 'entry_invalid',
        },
        {
          name: 'the parts of another suite',
          input: { message: { ...honest, suite: 'tdes-dukpt' as const } },
          expect: 'entry_invalid',
        },
        {
          name: 'a suspended device',
          input: { message: send(suspended, entry) },
          expect: 'device_not_active',
        },
      ]
    },
  },
  authorize_network: {
    honest: async ({ world, stage }) => ({
      message: send(await admit(world, stage), { pan: '4111111111111111', expiry: '3012' }),
    }),
    attacks: (scene) => entryLaws.open_entry.attacks(scene),
  },
  verify_assent: {
    honest: async (scene) => {
      const content = contentOf(scene)
      return { content, assertion: assertionOf(scene.victim.passkey, challengeOf(content)) }
    },
    attacks: async (scene) => {
      const content = contentOf(scene)
      const { victim, attacker } = scene
      const challenge = challengeOf(content)
      const posing = { ...attacker.passkey, id: victim.passkey.id }
      return [
        {
          name: 'a yes to a lower cap',
          input: {
            content: { ...content, amount: 9000 },
            assertion: assertionOf(victim.passkey, challenge),
          },
          expect: 'assertion_invalid',
        },
        {
          name: 'the attacker’s passkey under the victim’s name',
          input: { content, assertion: assertionOf(posing, challenge) },
          expect: 'assertion_invalid',
        },
      ]
    },
  },
}
