/** The journey of `double_sealed` with one thing wrong at a time. None of them may pay. */
import { fetchBlob, keepBlob, makeKeys, type TerminalState } from '@warifu/devices/terminal'
import type { Fetch } from '@warifu/sdk/api-call'
import type { Checks } from './checks.ts'
import { becomeHolder, payTwice, type Tampering } from './journey.ts'
import { flipBit } from './refusals.ts'
import type { Saboteur, World } from './world.ts'

type Plan = {
  readonly name: string
  readonly expects: readonly string[]
  readonly tampering?: Tampering
  readonly wrap?: (fetch: Fetch) => Fetch
}

const plans: readonly Plan[] = [
  {
    name: 'another sealing key: the card was sealed for another terminal',
    expects: ['seal_invalid'],
    tampering: { beforeInstallation: otherKey('sealing') },
  },
  {
    name: 'another signing key: the terminal is not who it says',
    expects: ['signature_invalid'],
    tampering: { afterInstallation: otherKey('signing') },
  },
  {
    name: 'one bit of the blob flipped',
    expects: ['blob_invalid'],
    tampering: { afterInstallation: flippedBlob },
  },
  {
    name: 'the amount altered on the way',
    expects: ['signature_invalid'],
    wrap: alteringAmount,
  },
  {
    name: 'an old copy of the wallet: its counter goes back',
    expects: ['counter_forked', 'counter_stale'],
    tampering: { afterInstallation: async (state) => ({ ...state, counter: 1 }) },
  },
]

export const saboteurs: readonly Saboteur[] = plans.map(({ name, expects, tampering, wrap }) => ({
  name,
  expects,
  run: async (world: World, checks: Checks) => {
    const person = world.person(wrap)
    const tampered = tampering === undefined ? {} : { tampering }
    const holder = await becomeHolder({ world, checks, person, name: 'Aiko', ...tampered })
    await payTwice(world, checks, holder)
  },
}))

function otherKey(which: 'sealing' | 'signing') {
  return async (state: TerminalState): Promise<TerminalState> => {
    const other = await makeKeys(false)
    return { ...state, keys: state.keys && { ...state.keys, [which]: other[which] } }
  }
}

async function flippedBlob(state: TerminalState): Promise<TerminalState> {
  const local = state.keys?.local
  if (local === undefined) return state
  const flip = async (card: TerminalState['cards'][number]) => {
    const blob = flipBit(await fetchBlob(local, card))
    const iv = crypto.getRandomValues(new Uint8Array(12))
    return { ...card, kept: await keepBlob(local, { card: card.card, blob, iv }) }
  }
  return { ...state, cards: await Promise.all(state.cards.map(flip)) }
}

function alteringAmount(fetch: Fetch): Fetch {
  return (url, init) => {
    if (!url.endsWith('/present')) return fetch(url, init)
    return fetch(url, { ...init, body: String(init.body).replace('"amount":', '"amount":1') })
  }
}
