/**
 * For tests: a SIM and its bridge as the vault meets them through the server. Each step can be
 * taken wrongly, so that the vault's refusals can be seen.
 */

import { sign } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { envelopeAad, envelopeInfo } from '@warifu/crypto/envelope'
import { setupBaseS } from '@warifu/crypto/hpke'
import { pad } from '@warifu/crypto/iso7816-padding'
import { jcs, jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { sha256 } from '@warifu/crypto/sha256'
import { simCryptogram } from '@warifu/crypto/sim-cryptogram'
import type { Id } from '@warifu/protocol/ids'
import { SUITE } from '@warifu/protocol/sealed'
import {
  type LinkSimBody,
  type PresentSim,
  SIM_PLAIN_BYTES,
  type SimHeader,
  type SimLink,
  type SimSealed,
  type SimStatement,
  type SimVoucher,
} from '@warifu/protocol/sim'
import type { VaultInput } from '@warifu/protocol/vault'
import { admitSim } from './admit-sim.ts'
import { openStoredCard, readStoredCards } from './cards.ts'
import type { KeyPair } from './given.ts'
import { assertionOf } from './rehearsal-passkey.ts'
import {
  type Carried,
  carryCard,
  digestOf,
  must,
  NOW,
  type Person,
  signedRequest,
  statementOf,
} from './rehearsal-person.ts'
import { type Company, ensureCompany } from './sim-keys.ts'
import { type Label, vouchedBytes } from './sim-voucher.ts'
import type { World } from './world.ts'

export const SELECTOR = 129
const LATER = '2027-01-05T00:10:00.000Z'

export type Sim = {
  readonly world: World
  readonly person: Person
  readonly id: Id<'sim'>
  readonly iccid: string
  readonly authentication: Uint8Array
  readonly bridge: KeyPair
  readonly company: Company
  /** The card's record as the chip holds it: number and selector. */
  readonly record: Uint8Array
}

/** A SIM that was admitted for this person; nothing was written into it yet. */
export async function admitted(world: World, person: Person): Promise<Sim> {
  const { card } = await carryCard(person)
  const { newId, chance } = person.stage
  const id = newId('sim')
  const iccid = `8981${String(Buffer.from(chance.bytes(6)).readUIntBE(0, 6)).padStart(15, '0')}`
  const made = await admitSim(world, { sim: id, iccid, card })
  return {
    world,
    person,
    id,
    iccid,
    authentication: Buffer.from(made.authentication, 'hex'),
    bridge: chance.keyPair(),
    company: await ensureCompany(world, world.store, SELECTOR),
    record: new Uint8Array(9).fill(0xff),
  }
}

/** With one card in its first record, as the secure channel leaves it. */
export async function carrying(world: World, person: Person, { card }: Carried): Promise<Sim> {
  const sim = await admitted(world, person)
  const row = (await readStoredCards(world.store, [card])).get(card)
  if (row === undefined) throw new Error('no such card')
  const { pan } = openStoredCard({ hierarchy: world.hierarchy, row })
  await world.store`
    insert into sims.record (sim, number, card, selector, written_at_ms)
    values (${sim.id}, 1, ${card}, ${SELECTOR}, 0)`
  await world.store`update sims.sim set state = 'personalised' where sim = ${sim.id}`
  return { ...sim, record: Uint8Array.of(...Buffer.from(pan, 'hex'), SELECTOR) }
}

/** Taken into use by its owner's terminal. */
export async function linked(world: World, person: Person, carried: Carried): Promise<Sim> {
  const sim = await carrying(world, person, carried)
  await must(person.stage.dispatch, 'link_sim', linkingOf(sim))
  return sim
}

export function voucherOf(
  { authentication, bridge }: Pick<Sim, 'authentication' | 'bridge'>,
  label: Label,
  statement: object,
): SimVoucher {
  const bytes = vouchedBytes(label, statement)
  const key = { key: bridge.privateKey, dsaEncoding: 'ieee-p1363' } as const
  return {
    authentication: toBase64url(simCryptogram(authentication, 7, sha256(bytes))),
    bridge_signature: toBase64url(sign('sha256', bytes, key)),
  }
}

export function linkBodyOf(sim: Sim, own: Partial<SimLink> = {}): LinkSimBody {
  const statement: SimLink = {
    iccid: sim.iccid,
    terminal: sim.person.terminal,
    bridge_key: jwkOfPoint(sim.bridge.publicBytes),
    card: null,
    at: NOW,
    ...own,
  }
  const assertion = assertionOf(sim.person.passkey, digestOf(jcs(statement)))
  return { statement, voucher: voucherOf(sim, 'link', statement), assertion }
}

export const linkingOf = (sim: Sim, body = linkBodyOf(sim)): VaultInput<'link_sim'> => ({
  terminal: sim.person.terminal,
  request: signedRequest(sim.person, body, { path: '/v1/sims' }),
})

type SealingOf = {
  readonly purpose?: SimHeader['purpose']
  readonly plain: Uint8Array
  readonly context: object
}

export function sealForCompany(
  { company, person }: Sim,
  { purpose = 'sim-record', plain, context }: SealingOf,
): SimSealed {
  const { thumbprint: kid, point } = company
  const header: SimHeader = {
    v: 1,
    suite: SUITE,
    purpose,
    kid,
    recipient: kid,
    created: NOW,
    exp: LATER,
  }
  const { enc, context: hpke } = setupBaseS({
    recipientPublic: new Uint8Array(point),
    info: envelopeInfo(purpose, sha256(jcsBytes(header))),
    ephemeral: person.stage.chance.keyPair(),
  })
  const ct = hpke.seal(envelopeAad(header, context), pad(plain, SIM_PLAIN_BYTES))
  return { header, enc: toBase64url(enc), ct: toBase64url(ct) }
}

export const simContentOf = ({ person }: Sim): SimStatement['content'] => ({
  ...statementOf(person.stage, { card: person.stage.newId('crd'), blob: '' }).content,
  presentment: 'sim',
})

export type Showing = {
  readonly content?: SimStatement['content']
  readonly record?: Uint8Array
  /** Two PIN digits. */
  readonly digits?: string
  readonly sealed?: SimSealed
}

/** A presentation as the bridge makes it and the wallet signs it. */
export function simPresentationOf(sim: Sim, showing: Showing = {}): PresentSim {
  const content = showing.content ?? simContentOf(sim)
  const context = { sim: sim.id, content_digest: digestOf(jcs(content)) }
  const record =
    showing.sealed ?? sealForCompany(sim, { plain: showing.record ?? sim.record, context })
  const digits = digitsOf(sim, showing.digits, context)
  const statement: SimStatement = {
    content,
    sim: sim.id,
    record_digest: digestOf(jcs(record)),
    digits_digest: digits === null ? null : digestOf(jcs(digits)),
  }
  const voucher = voucherOf(sim, 'pay', statement)
  const assertion = assertionOf(sim.person.passkey, digestOf(jcs(statement)))
  return { kind: 'sim', statement, record, digits, voucher, assertion }
}

function digitsOf(sim: Sim, two: string | undefined, context: object): SimSealed | null {
  if (two === undefined) return null
  const plain = Uint8Array.of(Number.parseInt(two, 16), sim.record[8] ?? 0)
  return sealForCompany(sim, { purpose: 'sim-digits', plain, context })
}

/** Signed by the owner's terminal, or by another one. */
export const simOpeningOf = (
  sim: Sim,
  body = simPresentationOf(sim),
  person = sim.person,
): VaultInput<'open_sim'> => ({
  terminal: person.terminal,
  request: signedRequest(person, body),
})
