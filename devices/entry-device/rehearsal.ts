/**
 * For tests: a device that is stepped by hand, with a list of all that came out of it, and sales
 * to ask it for.
 */
import assert from 'node:assert/strict'
import { hostOf, keyBlockFor } from '@warifu/devices/entry-host'
import type { EntryMessage, LinkRequest } from '@warifu/protocol/entry-device'
import { type Device, type Input, type Output, startDevice, step } from './machine.ts'
import { lrcOf } from './stripe.ts'

export const pan = '4111111111111111'
let drawn = 0
export const random = (length: number) => {
  drawn += 1
  return new Uint8Array(length).fill(drawn)
}
export const host = hostOf(random)
export const KEY_ID = '0123456789abcdef'
const device = 'edv_01KQ0000000000000000000000' as const

/** A machine that is stepped, with a list of all that came out of it. */
export function machine(block: string | null = keyBlockFor(host, KEY_ID)) {
  const memory = { device, kbpk: host.kbpk.slice(), keys: null, loaded: [], isTampered: false }
  let current: Device = startDevice(memory)
  const outputs: Output[] = []
  let nowMs = 0
  const put = (input: Input): readonly Output[] => {
    const next = step(current, input, { nowMs, random })
    current = next.device
    outputs.push(...next.outputs)
    return next.outputs
  }
  if (block !== null) put({ kind: 'load_key', block })
  return {
    put,
    outputs,
    device: () => current,
    later: (ms: number) => {
      nowMs += ms
      return put({ kind: 'tick' })
    },
    keys: (words: string) => {
      for (const word of words.split(' '))
        if (word === 'accept' || word === 'clear' || word === 'cancel')
          put({ kind: 'key', key: word })
        else for (const digit of Buffer.from(word)) put({ kind: 'key', key: digit })
    },
    swipe: (text: string) => {
      for (const character of Buffer.from(text)) put({ kind: 'stripe', character })
    },
  }
}

let sales = 0
/** For a sale that nobody asked for before. */
export const freshContext = () => {
  sales += 1
  return {
    sale: String(sales).padStart(43, 'A'),
    purpose: 'payment',
    amount: 1200,
    currency: 'jpy',
    merchant: 'mer_01KQ0000000000000000000000',
  } as const
}
export const sale = (over: Partial<Extract<LinkRequest, { command: 'sale' }>> = {}): Input => {
  const context = freshContext()
  const request = { id: sales, command: 'sale', context, entry: ['keyed', 'swiped'], pin: false }
  return { kind: 'request', request: { ...request, ...over } as LinkRequest }
}
export const answersOf = (outputs: readonly Output[]) =>
  outputs.flatMap((output) =>
    output.kind === 'send' && 'id' in output.frame ? [output.frame] : [],
  )
export const messageOf = (outputs: readonly Output[]): EntryMessage => {
  const answer = answersOf(outputs).at(-1)
  assert(answer !== undefined && 'message' in answer, JSON.stringify(answer))
  return answer.message
}
export const errorOf = (outputs: readonly Output[]) => {
  const answer = answersOf(outputs).at(-1)
  return answer !== undefined && 'error' in answer ? answer.error : undefined
}
export const track = (text: string) => `${text}${String.fromCharCode(lrcOf(Buffer.from(text)))}`
