/** The journeys of the schemes with one thing wrong at a time. None of them may pay. */
import { fetchBlob, keepBlob, makeKeys, type TerminalState } from '@warifu/devices/terminal'
import type { Scheme } from '@warifu/protocol/schemes'
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

/** Another key in the place of one of the terminal's own. */
const otherKey = (which: 'sealing' | 'signing') => async (state: TerminalState) => {
  const other = await makeKeys(false)
  return { ...state, keys: state.keys && { ...state.keys, [which]: other[which] } }
}

/** Something else in the place of what is kept under the local key. */
const otherText = (change: (text: string) => string) => async (state: TerminalState) => {
  const local = state.keys?.local
  if (local === undefined) return state
  const cards = state.cards.map(async (card) => {
    const blob = change(await fetchBlob(local, card))
    const iv = crypto.getRandomValues(new Uint8Array(12))
    return { ...card, kept: await keepBlob(local, { card: card.card, blob, iv }) }
  })
  return { ...state, cards: await Promise.all(cards) }
}

/** Somebody between terminal and platform, at one kind of request. */
const onTheWay =
  (path: RegExp, at: { asked?: (text: string) => string; answered?: (text: string) => string }) =>
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    if (!path.test(url)) return fetch(url, init)
    const { asked = (text) => text, answered } = at
    const response = await fetch(url, { ...init, body: asked(String(init.body)) })
    if (answered === undefined) return response
    const { status, headers } = response
    return new Response(answered(await response.text()), { status, headers })
  }

const otherSigner: Plan = {
  name: 'another signing key: the terminal is not who it says',
  expects: ['signature_invalid'],
  tampering: { afterInstallation: otherKey('signing') },
}
const otherSealer: Plan = {
  name: 'another sealing key: the card was sealed for another terminal',
  expects: ['seal_invalid'],
  tampering: { beforeInstallation: otherKey('sealing') },
}
/** The platform lies: the blob alone, as if the other seal had never been asked for. */
const otherScheme: Plan = {
  name: 'the platform sends the card by another scheme than was asked for',
  expects: ['scheme_mismatch'],
  wrap: onTheWay(/\/installation$/, {
    answered: (text) => {
      const { delivery, ...rest } = JSON.parse(text)
      const scheme = 'server_sealed'
      return JSON.stringify({ ...rest, scheme, delivery: { scheme, blob: delivery.blob } })
    },
  }),
}
const otherAmount: Plan = {
  name: 'the amount altered on the way',
  expects: ['signature_invalid'],
  wrap: onTheWay(/\/present$/, { asked: (text) => text.replace('"amount":', '"amount":1') }),
}
/** One character of what was sent. */
const altered = (_: string, head: string, one: string) => `${head}${one === 'A' ? 'B' : 'A'}`

const forgedKey: Plan = {
  name: 'a payment key that the vault did not sign',
  expects: ['key_invalid'],
  wrap: onTheWay(/\/installation$/, {
    answered: (text) => text.replace(/("payment_key":"[^.]+\..{30})(.)/, altered),
  }),
}
const flippedBlob: Plan = {
  name: 'one bit of the blob flipped',
  expects: ['blob_invalid'],
  tampering: { afterInstallation: otherText(flipBit) },
}

const plans: { readonly [S in Exclude<Scheme, 'double_sealed'>]: readonly Plan[] } = {
  terminal_sealed: [
    otherSealer,
    forgedKey,
    {
      name: 'the number typed in: known, but without what was handed out with it',
      expects: ['blob_invalid'],
      tampering: {
        afterInstallation: otherText((text) =>
          JSON.stringify({ ...JSON.parse(text), nonce: 'A'.repeat(43) }),
        ),
      },
    },
  ],
  server_sealed: [otherSigner, flippedBlob, otherAmount],
  payment_key: [forgedKey, flippedBlob, otherScheme],
  activation_number: [
    otherSealer,
    {
      name: 'the number altered on its way back',
      expects: ['signature_invalid'],
      wrap: onTheWay(/\/confirm$/, {
        asked: (text) => text.replace(/("activation_number":")(.)/, altered),
      }),
    },
    {
      name: 'another secret than vault and terminal share',
      expects: ['blob_invalid'],
      tampering: {
        afterInstallation: otherText((text) =>
          JSON.stringify({ ...JSON.parse(text), secret: 'A'.repeat(43) }),
        ),
      },
    },
  ],
}

export const schemeSaboteurs = (scheme: Exclude<Scheme, 'double_sealed'>): readonly Saboteur[] =>
  plans[scheme].map(({ name, expects, tampering = {}, wrap }) => ({
    name,
    expects,
    run: async (world: World, checks: Checks) => {
      const person = world.person(wrap)
      const becoming = { world, checks, person, name: 'Aiko', scheme, tampering }
      await payTwice(world, checks, await becomeHolder(becoming))
    },
  }))
