// Goal: each card scheme opens what its own terminal presents, and nothing else: the blob itself
//   carries the card, one changed bit is refused, and for each scheme one fact holds for it alone.
// Method: terminals of all five on node:crypto against a real PostgreSQL; a probe counts
//   decryptions; the five facts are asked of every scheme, and must be true on the diagonal only.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { blobSchemes, type Scheme, schemes } from '@warifu/protocol/schemes'
import { openStoredCard, readStoredCards } from './cards.ts'
import { PAYMENT_KEY_LIFE_MS } from './payment-keys.ts'
import { ask, NOW_MS, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { arrive, yesOf } from './rehearsal-arrivals.ts'
import { contentOf, enrol, must, NOW, type Person } from './rehearsal-person.ts'
import {
  activating,
  type Installed,
  install,
  installedOf,
  makeCard,
  presenting,
  readKey,
  ready,
  showing,
  textOf,
} from './rehearsal-schemes.ts'

let vault: Rehearsal
let aiko: Person
let mallory: Person
before(async () => {
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'schemes' })
  aiko = await enrol(vault)
  mallory = await enrol(vault)
})
after(() => vault.close())

type Showing = Parameters<typeof showing>[2]
const present = async (person: Person, card: Installed, shown: Showing = {}) =>
  wordOf(await ask(vault.dispatch, 'open_card', presenting(person, showing(person, card, shown))))

const numberOf = async (card: string): Promise<string> => {
  const row = (await readStoredCards(vault.store, [card])).get(card)
  assert(row)
  return openStoredCard({ hierarchy: vault.world.hierarchy, row }).pan
}

const renewed = async (card: Id<'crd'>, atMs: number): Promise<string> => {
  const asked = { card, terminal: aiko.terminal, now: new Date(atMs).toISOString() }
  return (await must(vault.dispatch, 'renew_payment_key', asked)).payment_key
}

/** One bit of a text in base64url. */
function flip(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64url')
  const at = bit % (bytes.length * 8)
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  return bytes.toString('base64url')
}

/** The JSON inside a transport form, with one of its texts flipped. */
function flipIn(text: string, part: string, bit: number): string {
  const parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  const bent = { ...parts, [part]: flip(parts[part], bit) }
  return Buffer.from(JSON.stringify(bent)).toString('base64url')
}

for (const scheme of schemes)
  describe(scheme, () => {
    test('opens once and names the card and the key it was opened with', async () => {
      const card = await ready(aiko, scheme)
      const before = vault.decryptions()
      const input = presenting(aiko, showing(aiko, card))
      const output = await must(vault.dispatch, 'open_card', input)
      const layers = card.payKey === undefined || scheme === 'terminal_sealed' ? 1 : 2
      assert.equal(vault.decryptions() - before, layers)
      assert.equal(output.card, card.card)
      const own = `${aiko.cardholder.toLowerCase()}.1`
      assert.equal(output.opened_with.kid, card.payKey?.kid ?? own)
    })

    test('any bit of what travels changed: refused', async () => {
      const card = await ready(aiko, scheme)
      const content = contentOf(aiko.stage)
      const text = textOf(aiko, card, content)
      const parts = card.payKey === undefined ? ['wrapped_key', 'iv', 'ct'] : ['enc', 'ct']
      assert.equal(await present(aiko, card, { content, text }), 'ok')
      for (const part of parts)
        for (const bit of [9, 300, 511]) {
          const bent = flipIn(text, part, bit)
          assert.equal(await present(aiko, card, { content, text: bent }), 'blob_invalid', part)
        }
    })

    test('the number blanked in the vault: what the terminal carries still pays', async () => {
      const card = await ready(aiko, scheme)
      await vault.superuser`
        update cards.card set ct = '', wrapped_key = '', iv = '' where card = ${card.card}`
      assert.equal(await present(aiko, card), 'ok')
    })

    test('shown as another scheme: refused, and nothing is opened', async () => {
      const card = await ready(aiko, scheme)
      for (const other of schemes.filter((each) => each !== scheme)) {
        const before = vault.decryptions()
        const word = await present(aiko, card, { as: other })
        assert(['scheme_mismatch', 'blob_invalid'].includes(word), `${other}: ${word}`)
        const model = await ready(aiko, other)
        const text = textOf(aiko, { ...model, card: card.card }, contentOf(aiko.stage))
        const posing = await present(aiko, card, { as: other, text })
        assert(['scheme_mismatch', 'blob_mismatch'].includes(posing), `${other}: ${posing}`)
        assert.equal(vault.decryptions() - before, 0)
      }
    })
  })

for (const scheme of schemes)
  describe(`${scheme}, for whom it was not made`, () => {
    test('another person’s terminal cannot pay with it, nor see it opened', async () => {
      const card = await ready(aiko, scheme)
      const before = vault.decryptions()
      const word = await present(mallory, card)
      assert(['cardholder_mismatch', 'card_unknown'].includes(word), word)
      assert.equal(vault.decryptions(), before)
    })

    test('another terminal of the same person with all that this one holds', async () => {
      const card = await ready(aiko, scheme)
      const thief = await arrive(aiko)
      const before = vault.decryptions()
      assert.equal(await present(thief, card), 'terminal_not_admitted')
      await must(vault.dispatch, 'release_terminal', yesOf(aiko, thief))
      assert.equal(await present(thief, card), 'card_moved', 'not even where it was let in')
      assert.equal(vault.decryptions(), before)
    })

    test('sealed once for one scheme, never for another', async () => {
      const { card } = await install(aiko, scheme)
      const { terminal } = aiko
      for (const other of schemes) {
        const sealing = { card, terminal, scheme: other, now: '2027-01-06T00:00:00.000Z' }
        const word = wordOf(await ask(vault.dispatch, 'seal_card', sealing))
        assert.equal(word, other === scheme ? 'ok' : 'scheme_mismatch', other)
      }
    })
  })

for (const scheme of blobSchemes)
  test(`${scheme}: the blob inside changed by one bit, all else honest: refused`, async () => {
    const card = await ready(aiko, scheme)
    for (const part of ['wrapped_key', 'iv', 'ct']) {
      const bent = { ...card, kept: flipIn(card.kept, part, 77) }
      assert.equal(await present(aiko, bent), 'blob_invalid', part)
    }
  })

describe('what is true of one scheme alone', () => {
  type Fact = (scheme: Scheme) => Promise<boolean>
  /** The sealed message or the blob as the server saw it on its way to the terminal. */
  const delivered = async (scheme: Scheme) => {
    const card = await makeCard(aiko)
    const sealing = { card, terminal: aiko.terminal, scheme, now: NOW }
    const { inner_digest, delivery } = await must(vault.dispatch, 'seal_card', sealing)
    return { card, digest: inner_digest, delivery }
  }
  const facts: { readonly [S in Scheme]: Fact } = {
    // The phone alone, its own layers taken off, holds the number.
    terminal_sealed: async (scheme) => {
      const { card, kept } = await ready(aiko, scheme)
      const held = `${kept}${Buffer.from(kept, 'base64url').toString('latin1')}`
      return held.includes(await numberOf(card))
    },
    // What came is what is shown: the very text that the server carried to the phone.
    server_sealed: async (scheme) => {
      const arrived = await delivered(scheme)
      const installed = installedOf(aiko, arrived)
      const shown = textOf(aiko, installed, contentOf(aiko.stage))
      return 'blob' in arrived.delivery && arrived.delivery.blob === shown
    },
    // The terminal's key takes off a layer once, and the same text is shown for every payment.
    double_sealed: async (scheme) => {
      const arrived = await delivered(scheme)
      if (!('sealed' in arrived.delivery)) return false
      const installed = installedOf(aiko, arrived)
      const texts = [1, 2].map(() => textOf(aiko, installed, contentOf(aiko.stage)))
      return texts[0] === texts[1]
    },
    // Without the cardholder's own payment key it does not pay, and with it it did.
    payment_key: async (scheme) => {
      const owner = await enrol(vault)
      const card = await ready(owner, scheme)
      assert.equal(await present(owner, card), 'ok')
      await vault.superuser`
        update keys.payment set state = 'destroyed', wrapped = ''
         where cardholder = ${owner.cardholder}`
      return (await present(owner, card)) === 'payment_key_expired'
    },
    // It is dead, though installed, until its number came back.
    activation_number: async (scheme) => {
      const card = await install(aiko, scheme)
      const isDead = (await present(aiko, card)) !== 'ok'
      if (!isDead) return false
      await must(vault.dispatch, 'activate_card', activating(aiko, card))
      return (await present(aiko, card)) === 'ok'
    },
  }
  for (const of of schemes)
    test(`${of}’s own`, async () => {
      const found: Scheme[] = []
      for (const scheme of schemes) if (await facts[of](scheme)) found.push(scheme)
      assert.deepEqual(found, [of])
    })
})

describe('a card sealed for one payment', () => {
  for (const scheme of ['terminal_sealed', 'payment_key', 'activation_number'] as const)
    test(`${scheme}: opens for that payment, card, terminal and epoch only`, async () => {
      const card = await ready(aiko, scheme)
      const content = contentOf(aiko.stage)
      const other = textOf(aiko, card, { ...content, amount: 1 })
      assert.equal(await present(aiko, card, { content, text: other }), 'blob_invalid')
      const bends = {
        scheme: scheme === 'payment_key' ? 'terminal_sealed' : 'payment_key',
        cardholder: mallory.cardholder,
        epoch: 2,
        terminal: 'x'.repeat(43),
        card: vault.newId('crd'),
      } as const
      for (const [field, value] of Object.entries(bends)) {
        const bent = { context: { [field]: value } }
        assert.equal(await present(aiko, card, { bent }), 'blob_invalid', field)
      }
    })

  test('a key of somebody’s own making, or another’s, is not the vault’s', async () => {
    const card = await ready(aiko, 'payment_key')
    const theirs = await ready(mallory, 'payment_key')
    const house = await ready(aiko, 'terminal_sealed')
    for (const { payKey } of [theirs, house]) {
      assert(payKey)
      assert.equal(await present(aiko, card, { bent: { payKey } }), 'payment_key_expired')
    }
  })

  test('another secret: blob and terminal’s key without it pay nothing', async () => {
    const card = await ready(aiko, 'activation_number')
    const psk = vault.chance.bytes(32)
    assert.equal(await present(aiko, card, { bent: { psk } }), 'blob_invalid')
    const second = await ready(aiko, 'activation_number')
    assert(second.secret)
    assert.equal(await present(aiko, card, { bent: { psk: second.secret } }), 'blob_invalid')
    assert.equal(await present(aiko, { ...card, secret: undefined }), 'blob_invalid', 'base mode')
  })

  test('the number alone, without what was handed out with it, is no card', async () => {
    const card = await ready(aiko, 'terminal_sealed')
    const typed = { ...JSON.parse(card.kept), nonce: 'A'.repeat(43) }
    assert.equal(await present(aiko, { ...card, kept: JSON.stringify(typed) }), 'blob_invalid')
  })
})

describe('epochs of a cardholder’s payment key', () => {
  test('before half of its life the same one, then the next; the last one still pays', async () => {
    const owner = aiko
    const card = await ready(owner, 'payment_key')
    assert(card.payKey)
    const { epoch } = card.payKey
    assert.equal(readKey(await renewed(card.card, NOW_MS)).epoch, epoch)
    const halfway = NOW_MS + PAYMENT_KEY_LIFE_MS / 2
    const [one, two] = await Promise.all([
      renewed(card.card, halfway),
      renewed(card.card, halfway + 1),
    ])
    assert.equal(readKey(one).epoch, epoch + 1)
    assert.equal(readKey(one).kid, readKey(two).kid, 'two at once get one key')
    assert.equal(await present(owner, card), 'ok')
    assert.equal(await present(owner, { ...card, payKey: readKey(one) }), 'ok')
    const third = readKey(await renewed(card.card, halfway + PAYMENT_KEY_LIFE_MS))
    assert.equal(third.epoch, epoch + 2)
    assert.equal(await present(owner, card), 'payment_key_expired')
    const [gone] = await vault.superuser<{ wrapped: Uint8Array }[]>`
      select wrapped from keys.payment where kid = ${card.payKey.kid}`
    assert.equal(gone?.wrapped.length, 0, 'nothing is left of the private half')
  })

  test('it is gone with its owner’s key', async () => {
    const leaver = await enrol(vault)
    const card = await ready(leaver, 'payment_key')
    await vault.superuser`
      update keys.cardholder set state = 'destroyed' where cardholder = ${leaver.cardholder}`
    const before = vault.decryptions()
    assert.equal(await present(leaver, card), 'payment_key_expired')
    assert.equal(vault.decryptions(), before)
  })
})

test('a card delivered again: number and secret of before are over', async () => {
  const first = await install(aiko, 'activation_number')
  const again = { card: first.card, terminal: aiko.terminal, scheme: first.scheme }
  const asked = { ...again, now: '2027-01-06T00:00:00.000Z' }
  const { inner_digest, delivery } = await must(vault.dispatch, 'seal_card', asked)
  const second = installedOf(aiko, { card: first.card, digest: inner_digest, delivery })
  const words = async (card: Installed) =>
    wordOf(await ask(vault.dispatch, 'activate_card', activating(aiko, card)))
  assert.equal(await words(first), 'activation_expired')
  assert.equal(await words(second), 'ok')
  assert.equal(await present(aiko, first), 'blob_invalid')
  assert.equal(await present(aiko, second), 'ok')
})

test('one number, many requests at once: one of them consumes it', async () => {
  const card = await install(aiko, 'activation_number')
  const asked = Array.from({ length: 6 }, () => activating(aiko, card))
  const words = await Promise.all(
    asked.map(async (input) => wordOf(await ask(vault.dispatch, 'activate_card', input))),
  )
  assert.deepEqual(words.sort(), [
    'activation_used',
    'activation_used',
    'activation_used',
    'activation_used',
    'activation_used',
    'ok',
  ])
})

test('all schemes in one frame: each is answered in its place, each reads once', async () => {
  const cards = await Promise.all(schemes.map((scheme) => ready(aiko, scheme)))
  const frame = [...cards, ...cards].map((card, id) => ({
    id,
    operation: 'open_card',
    input: presenting(aiko, showing(aiko, card)),
  }))
  const answers = await vault.dispatch(frame)
  assert.deepEqual(
    answers.map(wordOf),
    frame.map(() => 'ok'),
  )
  assert.deepEqual(
    answers.map((answer) => (answer.ok ? Object(answer.output).card : '')),
    [...cards, ...cards].map(({ card }) => card),
  )
})
