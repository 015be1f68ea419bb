/**
 * Goal: a phone's owner recognises it by its name, and no browser's text becomes anything else.
 * Method: what browsers say of themselves, and what a hostile one might.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phoneName } from './phone-name.ts'

const like = 'Mozilla/5.0'
const told = (model: string) => ({ getHighEntropyValues: async () => ({ model }) })

test('the model where it is told, else the system; and the browser', async () => {
  const android = `${like} (Linux; Android 10; K) AppleWebKit/537 Chrome/141.0 Mobile Safari/537`
  const iphone = `${like} (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 Version/19.0 Safari/604.1`
  const edge = `${like} (Windows NT 10.0) AppleWebKit/537 Chrome/141.0 Safari/537 Edg/141.0`
  assert.equal(await phoneName({ userAgent: android }), 'Android · Chrome')
  assert.equal(
    await phoneName({ userAgent: android, userAgentData: told('Pixel 9') }),
    'Pixel 9 · Chrome',
  )
  assert.equal(await phoneName({ userAgent: iphone }), 'iPhone · Safari')
  assert.equal(await phoneName({ userAgent: edge, userAgentData: told('') }), 'Windows · Edge')
})

test('what no name would be is left out', async () => {
  const hostile = told('\u202eyour bank, call 0900')
  assert.equal(await phoneName({ userAgent: 'curl/8', userAgentData: hostile }), undefined)
})
