// Goal: a chip card in the slot is asked for a cryptogram; what it told is encrypted and wiped.
// Method: the simulated payment card answers the device's kernel, byte by byte; the host's side
//   opens what came out. A card that answers nonsense is asked for again.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { findNumbers } from '@warifu/cli/scan'
import { decodeMap } from '@warifu/crypto/ber-tlv'
import { unpad } from '@warifu/crypto/iso7816-padding'
import { openMessage } from '@warifu/devices/entry-host'
import { createPaymentCard, paymentCard } from '@warifu/devices/payment-card'
import { entryTags } from '@warifu/protocol/entry-device'
import { errorOf, host, machine, messageOf, pan, sale } from './rehearsal.ts'

suite('a chip card', () => {
  const data = {
    pan,
    psn: '00',
    expiry: '2812',
    name: 'AIKO',
    serviceCode: '201',
    discretionary: { stripe: '000', chip: '999' },
    iccMasterKey: new Uint8Array(16).fill(5),
    offlinePin: undefined,
  }
  /** The slot: hands commands to a card and its answers back, byte by byte. */
  function insert(m: ReturnType<typeof machine>, bend = (reply: Uint8Array) => reply) {
    let card = createPaymentCard(data)
    let outputs = m.put({ kind: 'inserted' })
    for (;;) {
      const command = outputs.flatMap((one) => (one.kind === 'panel' ? [one.said] : [])).at(-1)
      if (command === undefined) return
      const { state, reply } = paymentCard(card, Buffer.from(command.slice('apdu '.length), 'hex'))
      card = state
      for (const [at, byte] of bend(reply).entries())
        outputs = m.put({ kind: 'chip', byte, isLast: at === reply.length - 1 })
    }
  }

  test('is asked for a cryptogram, and all it told goes to the vault', () => {
    const m = machine()
    m.put(sale({ entry: ['inserted'], pin: true }))
    insert(m)
    const { sale: held } = m.device()
    assert(held && findNumbers(held.entry.bytes, [pan]).length > 0, 'during the entry it is there')
    m.keys('246813579 accept')
    assert(
      held.entry.bytes.every((byte) => byte === 0),
      'wiped',
    )
    const message = messageOf(m.outputs)
    assert.equal(message.context.entry, 'inserted')
    const { plain, pin } = openMessage(host, message, pan)
    assert.equal(pin, '246813579')
    const values = decodeMap(unpad(Buffer.from(plain, 'hex')))
    for (const [name, tag] of Object.entries(entryTags))
      assert.equal(values.has(Number.parseInt(tag, 16)), name !== 'securityCode', name)
    assert.deepEqual(findNumbers(Buffer.from(JSON.stringify(m.outputs)), [pan]), [])
  })

  test('that says what no chip should say is asked for again, three times', () => {
    const m = machine()
    m.put(sale({ entry: ['inserted'] }))
    const bend = (reply: Uint8Array) => reply.map((byte) => byte ^ 1)
    for (let tries = 0; tries < 3; tries += 1) insert(m, bend)
    assert.equal(errorOf(m.outputs), 'card_unreadable')
  })

  test('is left alone where none is wanted', () => {
    const m = machine()
    m.put(sale())
    assert.deepEqual(m.put({ kind: 'inserted' }), [])
    assert.deepEqual(m.put({ kind: 'chip', byte: 0x90, isLast: true }), [])
  })
})
