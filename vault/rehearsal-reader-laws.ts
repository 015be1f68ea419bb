/** For tests: the laws' rows of sales by reader; see rehearsal-laws.ts. */
import type { VaultOperation } from '@warifu/protocol/vault'
import type { readerOperations } from '@warifu/protocol/vault-reader'
import { must, offer as offerTerminal } from './rehearsal-person.ts'
import {
  admitReader,
  contentFor,
  forwarded,
  offered,
  plasticOf,
  proofFor,
  sealCard,
  startSale,
} from './rehearsal-reader.ts'
import type { LawRow, Scene } from './rehearsal-scene.ts'

type ReaderOperation = keyof typeof readerOperations & VaultOperation

const SOON = '2027-01-05T00:02:00.000Z'

/** The victim's sale on an honest reader, its card read by chip. */
async function reading({ world, stage, victim, victims }: Scene) {
  const reader = await admitReader(world, stage)
  const card = await plasticOf(world, victims)
  const sale = startSale(reader, await offered(victim, { reader, carried: victims }))
  return { reader, card, sale }
}

let atc = 100
const nextAtc = () => {
  atc += 1
  return atc
}
const chip = () => ({ entry: 'inserted', atc: nextAtc() }) as const

export const readerLaws: { readonly [O in ReaderOperation]: LawRow<O> } = {
  verify_reader: {
    honest: async ({ world, stage, victim: { terminal } }) => {
      const reader = await admitReader(world, stage)
      return { terminal, proof: proofFor(reader, terminal) }
    },
    attacks: async ({ world, stage, victim, attacker }) => {
      const reader = await admitReader(world, stage)
      const own = { ...reader, key: new Uint8Array(32).fill(1) }
      const proof = proofFor(reader, victim.terminal)
      const unproved = (await offerTerminal(stage)).person
      return [
        {
          name: 'a reader whose keys the attacker made',
          input: { terminal: victim.terminal, proof: proofFor(own, victim.terminal) },
          expect: 'reader_invalid',
        },
        {
          name: 'the victim’s reader at the attacker’s terminal',
          input: { terminal: attacker.terminal, proof },
          expect: 'reader_invalid',
        },
        {
          name: 'another terminal written into it',
          input: {
            terminal: attacker.terminal,
            proof: { ...proof, terminal: attacker.terminal },
          },
          expect: 'reader_invalid',
        },
        {
          name: 'a reader that no operator admitted',
          input: {
            terminal: victim.terminal,
            proof: { ...proof, reader: stage.newId('rdr') },
          },
          expect: 'device_unknown',
        },
        {
          name: 'a terminal that proved nothing',
          input: { terminal: unproved.terminal, proof: proofFor(reader, unproved.terminal) },
          expect: 'terminal_not_admitted',
        },
      ]
    },
  },
  make_offer: {
    honest: async ({ world, stage, victim, victims }) => ({
      content: contentFor(victim, victims),
      terminal: victim.terminal,
      reader: (await admitReader(world, stage)).id,
      expires_at: SOON,
    }),
    attacks: async ({ world, stage, victim, victims }) => {
      const reader = (await admitReader(world, stage)).id
      const content = contentFor(victim, victims)
      const base = { content, terminal: victim.terminal, reader, expires_at: SOON }
      const made = { ...base, content: contentFor(victim, victims) }
      await must(stage.dispatch, 'make_offer', made)
      return [
        {
          name: 'a reader that no operator admitted',
          input: { ...base, reader: stage.newId('rdr') },
          expect: 'device_unknown',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { ...base, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
        {
          name: 'a time that is over',
          input: { ...base, expires_at: '2027-01-05T00:00:00.000Z' },
          expect: 'sale_over',
        },
        {
          name: 'another amount for a sale that was offered',
          input: { ...made, content: { ...made.content, amount: 1 } },
          expect: 'sale_over',
        },
      ]
    },
  },
  open_sale: {
    honest: async (scene) => {
      const { sale, card } = await reading(scene)
      return forwarded(scene.victim, sealCard(sale, card, chip()))
    },
    attacks: async (scene) => {
      const { victim, attacker, world, stage } = scene
      const { sale, card, reader } = await reading(scene)
      const honest = sealCard(sale, card, chip())
      const flipped = honest.ct.startsWith('A') ? 'B' : 'A'
      const forger = { ...reader, key: new Uint8Array(32).fill(1) }
      const forged = startSale(forger, sale)
      const other = await admitReader(world, stage)
      const body = forwarded(victim, honest)
      return [
        {
          name: 'a reader whose keys the attacker made',
          input: forwarded(victim, sealCard(forged, card, chip())),
          expect: 'reader_invalid',
        },
        {
          name: 'one bit of the text',
          input: forwarded(victim, { ...honest, ct: flipped + honest.ct.slice(1) }),
          expect: 'reader_invalid',
        },
        {
          name: 'another reader’s name on it',
          input: forwarded(victim, { ...honest, reader: other.id }),
          expect: 'device_unknown',
        },
        {
          name: 'another sequence number written on it',
          input: forwarded(victim, { ...honest, sequence: 1 }),
          expect: 'reader_invalid',
        },
        {
          name: 'a sale that was never offered',
          input: forwarded(victim, { ...honest, sale: stage.newId('pay') }),
          expect: 'reader_invalid',
        },
        {
          name: 'signed by another terminal',
          input: { ...forwarded(attacker, honest), terminal: victim.terminal },
          expect: 'signature_invalid',
        },
        {
          name: 'a terminal that the vault never admitted',
          input: { ...body, terminal: stage.newId('trm') },
          expect: 'terminal_unknown',
        },
        {
          name: 'the attacker’s own terminal hands it on, which is not the offer’s',
          input: forwarded(attacker, honest),
          expect: 'sale_broken',
        },
        {
          name: 'and the sale is over by that',
          input: body,
          expect: 'sale_over',
        },
      ]
    },
  },
  end_sale: {
    honest: async (scene) => {
      const { sale } = await reading(scene)
      return { sale: sale.offer.sale, because: 'cancelled' }
    },
    attacks: async () => [],
  },
  read_sale: {
    honest: async (scene) => {
      const { sale } = await reading(scene)
      const { dispatch } = scene.stage
      await must(dispatch, 'end_sale', { sale: sale.offer.sale, because: 'declined' })
      return { sale: sale.offer.sale }
    },
    attacks: async () => [],
  },
}
