/**
 * A counter in a shop: an entry device that the merchant registered, an operator admitted and that
 * has its keys; a cardholder whose card lies on the counter; and hands that key it.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { equipMerchant, plasticOf } from '@warifu/cli/entry-device-keys'
import { type Bench, type Plastic, setUpDevice } from './entry-device.ts'
import type { House } from './house.ts'
import { availableOf, type Holder, peopleOf } from './people.ts'

export type Counter = {
  readonly bench: Bench
  readonly holder: Holder
  readonly card: Plastic
  /** Keys the card whenever the device asks for one, until it is told to stop. */
  readonly customer: () => { readonly leave: () => Promise<void> }
  readonly available: () => Promise<number>
}

export const headersOf = ({ seed }: House, key: string) => ({
  authorization: `Bearer ${seed.api_key}`,
  'idempotency-key': key,
})

/** Everything from registration to the first sale, as people would do it by hand. */
export async function setUpCounter(house: House): Promise<Counter> {
  const people = peopleOf(house)
  const { operator, folder, seed } = house
  const place = { api: people.api, apiKey: seed.api_key, operator, folder }
  const { device, kbpk, key_block } = await equipMerchant(place, 'Till 1')
  const admitted = { device, kbpk: Uint8Array.from(Buffer.from(kbpk, 'hex')) }
  const bench = await setUpDevice({ admitted })
  await bench.start()
  const panel = await bench.panel()
  const { said } = await panel.loadKey(key_block)
  panel.close()
  if (said !== 'loaded') throw new Error(`the device said: ${said}`)
  const holder = await people.become('Aiko')
  const { pan, expiry, security_code: code } = await plasticOf({ operator, folder }, holder.card)
  // Embossed MMYY; personalised YYMM.
  const card = { pan, expiry: expiry.slice(2) + expiry.slice(0, 2), code }
  return {
    bench,
    holder,
    card,
    customer: () => standBefore(bench, card),
    available: () => availableOf(holder),
  }
}

function standBefore(bench: Bench, { pan, expiry, code }: Plastic) {
  let isHere = true
  const keying = async () => {
    const panel = await bench.panel()
    while (isHere) {
      const { state } = await panel.look()
      if (state !== 'busy') await sleep(10)
      else
        for (const digits of [pan, expiry, code]) {
          await panel.digits(digits)
          await panel.key('accept')
        }
    }
    panel.close()
  }
  const done = keying()
  return {
    leave: async () => {
      isHere = false
      await done
    },
  }
}
