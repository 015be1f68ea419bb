/**
 * The chip that a hand puts into a device's slot: one on the sandbox's plastic, or a card in a
 * PC/SC reader of this machine, whose name has this part.
 */

import { chipOf, paymentCard } from '@warifu/devices/payment-card'
import { PcscError, pcscSlot } from '@warifu/devices/pcsc'
import { isId } from '@warifu/protocol/ids'
import { Misunderstood } from './arguments.ts'
import { type KeptPlastic, keepPlastic, readPlastic } from './entry-devices.ts'
import { Sorry } from './sorry.ts'

export type Chip = (apdu: Uint8Array) => Promise<Uint8Array>

const WAIT_MS = 10_000

/** `word` is `crd_…`, or `pcsc`, or `pcsc:PART`. */
export async function withChip<T>(
  home: string,
  word: string,
  work: (chip: Chip) => Promise<T>,
): Promise<T> {
  const [, part] = /^pcsc(?::(.+))?$/.exec(word) ?? []
  return word.startsWith('pcsc') ? await inReader(part, work) : await onPlastic(home, word, work)
}

async function inReader<T>(part: string | undefined, work: (chip: Chip) => Promise<T>) {
  try {
    const wanted = { waitMs: WAIT_MS, ...(part === undefined ? {} : { reader: part }) }
    const slot = await pcscSlot(wanted)
    return await work(slot.transmit).finally(slot.close)
  } catch (cause) {
    throw cause instanceof PcscError ? new Sorry(cause.message, { cause }) : cause
  }
}

async function onPlastic<T>(home: string, card: string, work: (chip: Chip) => Promise<T>) {
  const plastic = await plasticOf(home, card)
  let chip = chipOf(plastic)
  const done = await work(async (apdu) => {
    const { state, reply } = paymentCard(chip, apdu)
    chip = state
    return reply
  })
  await keepPlastic(home, card, { ...plastic, atc: chip.atc })
  return done
}

/** A sandbox's card on plastic, or a sentence that says what is missing. */
export async function plasticOf(home: string, card: string): Promise<KeptPlastic> {
  if (!isId('crd', card)) throw new Misunderstood(`a card's id is such as crd_…; got "${card}".`)
  const plastic = await readPlastic(home, card)
  if (plastic !== undefined) return plastic
  throw new Sorry(`${card} is not on plastic yet: warifu device card ${card}`)
}
