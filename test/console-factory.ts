/** A card factory is let in at the console by the file of keys that it handed over. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mintId } from '@warifu/protocol/ids'
import { assertAccessible, picture } from './chromium.ts'
import type { Desk } from './console-desk.ts'
import { enter as visit } from './console-people.ts'

const newKey = () => {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  })
  return { kty: 'EC', crv: 'P-256', x, y }
}

export async function letFactoryIn({ page, house, dialog, goTo, fill, send }: Desk): Promise<void> {
  const chance = new Uint8Array(randomBytes(14))
  const bureau = mintId({ prefix: 'bur', lane: 0, nowMs: Date.now(), chance })
  const keys = { bureau, sealing_key: newKey(), signing_key: newKey() }
  const hand = (content: object) =>
    dialog.getByLabel('File of public keys').setInputFiles({
      name: 'bureau.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(content)),
    })
  await goTo('/plastics')
  await fill('Let a factory in', { Name: 'Nara Cards' })
  const submit = dialog.getByRole('button', { name: 'Let a factory in' })
  assert(await submit.isDisabled(), 'no file was chosen')
  await hand({ bureau: 'Nara Cards' })
  await dialog.getByText('This file names no factory and signing key.').waitFor()
  assert(await submit.isDisabled())
  await picture(page, 'console-factory')
  await assertAccessible(page, 'letting a factory in')
  // A key on no curve is refused by the API, and nothing has changed.
  await hand({ ...keys, signing_key: { ...keys.signing_key, x: 'A'.repeat(43) } })
  await submit.click()
  await dialog.getByText('field_invalid').waitFor()
  await hand(keys)
  await send('Let a factory in')
  const factories = page.getByRole('grid', { name: 'Card factories' })
  await factories.getByRole('row', { name: /Nara Cards[\s\S]*Active/ }).waitFor()

  const { ask } = await visit(house, 'auditor')
  const found = await ask<'findBureaus'>('/v1/operator/bureaus')
  assert.deepEqual(
    found.json.data.map(({ id, name }) => [id, name]),
    [[bureau, 'Nara Cards']],
  )
}
