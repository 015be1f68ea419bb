// Goal: a sale by reader opens what was sealed for it, once, and nothing else; it counts PINs and
// chips; it ends in every way with its key gone and its end written down (S3, steps 203 to 213).
// Method: a vault on a real PostgreSQL, a rehearsed reader with real keys, every message bent once.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readJws } from '@warifu/crypto/jws'
import { OFFER_TYPE } from '@warifu/protocol/reader'
import { verifyAuditChain } from './audit-chain.ts'
import { endLostSales, sweepSales } from './ending-sales.ts'
import type { Plastic } from './operator-acts.ts'
import { importPoint, readPublicJwk, verifyRaw } from './public-key.ts'
import { ask, CHAIN, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { type Carried, carryCard, enrol, must, type Person } from './rehearsal-person.ts'
import {
  admitReader,
  cardPlain,
  forwarded,
  offered,
  plasticOf,
  type Reader,
  type ReaderSale,
  sealCard,
  sealFor,
  sealPin,
  startSale,
} from './rehearsal-reader.ts'

let vault: Rehearsal
let person: Person
let carried: Carried
let card: Plastic
let reader: Reader
let atc = 0
before(async () => {
  vault = await rehearse({
    adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'],
    name: 'open-sale',
  })
  person = await enrol(vault)
  carried = await carryCard(person)
  card = await plasticOf(vault.world, carried)
  reader = await admitReader(vault.world, vault)
})
after(() => vault.close())

const start = async (): Promise<ReaderSale> =>
  startSale(reader, await offered(person, { reader, carried }))
const chip = () => {
  atc += 1
  return { entry: 'inserted', atc } as const
}
const open = (message: Parameters<typeof forwarded>[1], isOpen = false, from = person) =>
  must(vault.dispatch, 'open_sale', forwarded(from, message, isOpen))
const word = async (message: Parameters<typeof forwarded>[1], isOpen = false, from = person) =>
  wordOf(await ask(vault.dispatch, 'open_sale', forwarded(from, message, isOpen)))
const endOf = async ({ offer }: ReaderSale) => {
  const [row] = await vault.store`select state, because from sales.sale where sale = ${offer.sale}`
  return row?.['because'] ?? row?.['state']
}
const isHeld = ({ offer }: ReaderSale) => vault.world.sales.find(offer.sale) !== undefined

describe('the offer', () => {
  test('is signed by the key that readers pin, and lives two minutes at most', async () => {
    const { text, offer } = await offered(person, { reader, carried })
    const jws = readJws(text)
    assert(jws)
    const { hierarchy } = vault.world
    const key = readPublicJwk(hierarchy.offerKey)
    assert(key)
    assert(verifyRaw(importPoint(key.point), jws.signed, jws.signature))
    assert.deepEqual(jws.header, { alg: 'ES256', kid: hierarchy.offerKeyName, typ: OFFER_TYPE })
    assert.equal(offer.exp - offer.iat, 120)
    assert.equal(offer.reader, reader.id)
    assert.equal(offer.amount, 1200)
    assert.notDeepEqual(hierarchy.offerKey, hierarchy.signingKey)
  })

  test('has a key of its own for each sale', async () => {
    const keys = await Promise.all([start(), start(), start()])
    assert.equal(new Set(keys.map(({ offer }) => offer.public_key)).size, 3)
  })
})

describe('the card', () => {
  test('read by chip: whose it is, and its cryptogram', async () => {
    const sale = await start()
    const said = await open(sealCard(sale, card, chip()))
    const { card: id, cardholder, entry, cryptogram, expiry, pin, stripe } = said
    assert.deepEqual(
      { id, cardholder, entry, cryptogram, expiry, pin, stripe },
      {
        id: carried.card,
        cardholder: person.cardholder,
        entry: 'inserted',
        cryptogram: 'verified',
        expiry: 'match',
        pin: null,
        stripe: 'absent',
      },
    )
    assert.equal(said.content_digest, sale.offer.content_digest)
  })

  test('read by stripe: its own value', async () => {
    const sale = await start()
    const right = await open(sealCard(sale, card, { entry: 'swiped' }))
    assert.equal(right.stripe, 'match')
    assert.equal(right.cryptogram, 'absent')
    const value = Number(card.track2.slice(24, 27))
    const other = String((value + 1) % 1000).padStart(3, '0')
    const track2 = `${card.track2.slice(0, 24)}${other}00000`
    const wrong = await open(sealCard(await start(), card, { entry: 'swiped', track2 }))
    assert.equal(wrong.stripe, 'mismatch')
  })

  test('a chip asked for another amount, or at a counter of before, is invalid', async () => {
    const other = await open(sealCard(await start(), card, { ...chip(), amount: 1 }))
    assert.equal(other.cryptogram, 'invalid')
    const again = await open(sealCard(await start(), card, { entry: 'inserted', atc: 1 }))
    assert.equal(again.cryptogram, 'invalid')
  })

  test('a card that is not registered ends the sale', async () => {
    const sale = await start()
    const foreign = { ...card, track2: card.track2.replace(card.pan, '4111111111111111') }
    assert.equal(await word(sealCard(sale, foreign, { entry: 'swiped' })), 'card_unknown')
    assert.equal(await endOf(sale), 'declined')
    assert(!isHeld(sale))
  })

  test('another cardholder’s card: refused, or allowed where the caller says so', async () => {
    const friend = await enrol(vault)
    const theirs = await plasticOf(vault.world, await carryCard(friend))
    const refused = await start()
    const message = sealCard(refused, theirs, { entry: 'swiped' })
    assert.equal(await word(message), 'cardholder_mismatch')
    assert(!isHeld(refused))
    const allowed = await open(sealCard(await start(), theirs, { entry: 'swiped' }), true)
    assert.equal(allowed.cardholder, friend.cardholder)
  })

  test('a number without a chip or a stripe is no card in the slot', async () => {
    const sale = await start()
    const plain = cardPlain(card, { entry: 'swiped' }).fill(0, 0, 1)
    assert.equal(await word(sealFor(sale, plain)), 'sale_broken')
    assert.equal(await endOf(sale), 'broken')
  })
})

describe('the PIN', () => {
  test('right: the sale is over, and everything held for it is gone', async () => {
    const sale = await start()
    await open(sealCard(sale, card, chip()))
    assert(isHeld(sale))
    const said = await open(sealPin(sale, '2580', card.pan))
    assert.equal(said.pin, 'verified')
    assert.equal(await endOf(sale), 'authorized')
    assert(!isHeld(sale))
    assert.equal(await word(sealPin(sale, '2580', card.pan)), 'sale_over')
  })

  test('wrong, then right, under the card’s one counter', async () => {
    const sale = await start()
    await open(sealCard(sale, card, chip()))
    assert.equal((await open(sealPin(sale, '0000', card.pan))).pin, 'wrong')
    assert.equal((await open(sealPin(sale, '2580', card.pan))).pin, 'verified')
  })

  test('three wrong ones, over two sales, block it; the sale is over', async () => {
    const own = await enrol(vault)
    const theirs = await carryCard(own)
    const plastic = await plasticOf(vault.world, theirs)
    const begin = async () => {
      const sale = startSale(reader, await offered(own, { reader, carried: theirs }))
      await open(sealCard(sale, plastic, { entry: 'swiped' }), false, own)
      return sale
    }
    const first = await begin()
    const said = []
    for (const pin of ['0000', '1111'])
      said.push((await open(sealPin(first, pin, plastic.pan), false, own)).pin)
    const second = await begin()
    said.push((await open(sealPin(second, '3333', plastic.pan), false, own)).pin)
    assert.deepEqual(said, ['wrong', 'wrong', 'blocked'])
    assert.equal(await endOf(second), 'declined')
    assert(!isHeld(second))
    const third = await begin()
    assert.equal((await open(sealPin(third, '2580', plastic.pan), false, own)).pin, 'blocked')
  })

  test('a block for another number is a wrong PIN', async () => {
    const sale = await start()
    await open(sealCard(sale, card, chip()))
    assert.equal((await open(sealPin(sale, '2580', '9991230000000000'))).pin, 'wrong')
    assert.equal((await open(sealPin(sale, '2580', card.pan))).pin, 'verified')
  })

  test('before the card there is none', async () => {
    const sale = await start()
    sale.context.seal(new Uint8Array(0), new Uint8Array(0))
    sale.sequence = 1
    assert.equal(await word(sealPin(sale, '2580', card.pan)), 'sale_broken')
    assert(!isHeld(sale))
  })
})

describe('nothing sealed for one sale is of use for another', () => {
  test('another sale’s message, authentic as it is, ends the sale', async () => {
    const [one, two] = [await start(), await start()]
    const head = { sale: two.offer.sale, offer_digest: two.text }
    const { offer_digest } = sealCard(startSale(reader, two), card, chip())
    const message = sealFor(one, cardPlain(card, chip()), { head: { ...head, offer_digest } })
    const opened = vault.decryptions()
    assert.equal(await word(message), 'sale_broken')
    assert.equal(vault.decryptions(), opened)
    assert.equal(await endOf(two), 'broken')
    assert.equal(await endOf(one), 'open')
  })

  test('the same bytes: the same answer; others under its number: an alarm', async () => {
    const sale = await start()
    const message = sealCard(sale, card, chip())
    const twice = [await open(message), await open(message)]
    assert.deepEqual(twice[0], twice[1])
    const other = sealFor({ ...sale, sequence: 0 }, cardPlain(card, chip()))
    assert.equal(await word(other), 'sale_replayed')
    assert(isHeld(sale), 'an alarm does not end it')
    const records = await vault.auditor<{ record: string }[]>`
      select record from audit.record where chain = ${CHAIN}`
    assert(records.some(({ record }) => record.includes('"result":"sale_replayed"')))
  })

  test('a key serial number of before is refused', async () => {
    const sale = await start()
    const used = sealCard(sale, card, chip())
    await open(used)
    const pin = sealFor(sale, new Uint8Array(16), { ksn: used.ksn })
    assert.equal(await word(pin), 'ksn_replayed')
  })

  test('a second context for the same sale does not open', async () => {
    const sale = await start()
    await open(sealCard(sale, card, chip()))
    const again = startSale(reader, sale)
    again.sequence = 1
    assert.equal(await word(sealPin(again, '2580', card.pan)), 'sale_broken')
  })
})

describe('the end', () => {
  test('the private key is dropped with the first message, the context with the end', async () => {
    const sale = await start()
    const held = vault.world.sales.find(sale.offer.sale)
    assert(held?.keyPair)
    await open(sealCard(sale, card, chip()))
    assert.equal(held.keyPair, undefined)
    assert(held.context)
    await must(vault.dispatch, 'end_sale', { sale: sale.offer.sale, because: 'cancelled' })
    assert.equal(held.context, undefined)
    assert.equal(held.card, undefined)
    assert.equal(await endOf(sale), 'cancelled')
    assert(vault.world.sales.swept(), 'and the memory is to be collected')
  })

  test('time: the vault ends it by itself', async () => {
    const sale = await start()
    const { world } = vault
    await sweepSales({ ...world, nowMs: () => sale.offer.exp * 1000 - 1 })
    assert(isHeld(sale))
    await sweepSales({ ...world, nowMs: () => sale.offer.exp * 1000 })
    assert(!isHeld(sale))
    assert.equal(await endOf(sale), 'expired')
  })

  test('a restart: another process knows none of it, and says so', async () => {
    const sale = await start()
    const message = forwarded(person, sealCard(sale, card, chip()))
    const restarted = await vault.restarted()
    const elsewhere = await ask(restarted.dispatch, 'open_sale', message)
    assert.equal(wordOf(elsewhere), 'sale_unknown')
    const { sale: id } = sale.offer
    const state = async () => (await must(restarted.dispatch, 'read_sale', { sale: id })).state
    assert.equal(await state(), 'open')
    await endLostSales(restarted.world, CHAIN)
    assert.equal(await state(), 'restarted')
    assert.equal(await endOf(sale), 'restarted')
  })

  test('two vaults: the sale goes on at the one that holds it, and either may end it', async () => {
    const sale = await start()
    const other = await vault.restarted('vault-other')
    const message = forwarded(person, sealCard(sale, card, chip()))
    // A fault, which is kept for nobody: the same bytes are then answered where the key is.
    assert.equal(wordOf(await ask(other.dispatch, 'open_sale', message)), 'vault_unavailable')
    assert.equal(wordOf(await ask(vault.dispatch, 'open_sale', message)), 'ok')
    assert.equal(wordOf(await ask(other.dispatch, 'open_sale', message)), 'ok', 'it was answered')
    await must(other.dispatch, 'end_sale', { sale: sale.offer.sale, because: 'cancelled' })
    assert(isHeld(sale), 'the other one has no hand in this memory')
    await sweepSales(vault.world)
    assert(!isHeld(sale))
    assert.equal(await endOf(sale), 'cancelled')
  })

  test('a vault that never comes back: another writes down that its sales are over', async () => {
    const sale = await start()
    const { world } = await vault.restarted('vault-other')
    const at = (ms: number) => ({ ...world, nowMs: () => sale.offer.exp * 1000 + ms })
    await sweepSales(at(60_000))
    assert(isHeld(sale))
    assert.equal(await endOf(sale), 'open', 'its own vault may still do it')
    await sweepSales(at(60_001))
    assert.equal(await endOf(sale), 'expired')
    await sweepSales(vault.world)
    assert(!isHeld(sale))
  })

  test('birth and end are records of one chain, signed', async () => {
    const sale = await start()
    await must(vault.dispatch, 'end_sale', { sale: sale.offer.sale, because: 'declined' })
    await must(vault.dispatch, 'end_sale', { sale: sale.offer.sale, because: 'authorized' })
    await vault.world.audit.sign(vault.store)
    const verdict = await verifyAuditChain(vault.auditor, { chain: CHAIN })
    assert(verdict.ok && verdict.signedSize === verdict.size)
    const rows = await vault.auditor<{ record: string }[]>`
      select record from audit.record where record like ${`%${sale.offer.sale}%`} order by seq`
    const calls = rows.flatMap(({ record }) => JSON.parse(record).calls)
    const told = calls.map(
      (call: Record<string, string>) => `${call['operation']} ${call['result']}`,
    )
    assert.deepEqual(told, ['make_offer ok', 'end_sale declined'])
    assert.equal(calls[0].key, calls[1].key)
  })
})
