/**
 * A terminal in software, for the sandbox only: devices/terminal with a software passkey in place
 * of a browser's. Its keys can be written to a file, so whoever reads the file is the terminal.
 */
import { randomBytes } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { assert as assertBy, createPasskey, type Passkey } from '@warifu/devices/passkey'
import {
  type Authenticator,
  createTerminal,
  memoryStore,
  queueTurns,
  type Terminal,
  type TerminalNeeds,
  type TerminalStore,
  type Turns,
} from '@warifu/devices/terminal'
import type { Api } from '@warifu/sdk/api-call'

export type PasskeyKeeper = {
  load(): Promise<Passkey | null>
  save(passkey: Passkey): Promise<void>
}

export function memoryKeeper(): PasskeyKeeper {
  let kept: Passkey | null = null
  return {
    load: async () => kept,
    save: async (passkey) => {
      kept = passkey
    },
  }
}

const ES256 = { type: 'public-key', alg: -7 }

/** Passkeys without a finger: user verification is always granted. */
export const softwareAuthenticator = (keeper: PasskeyKeeper): Authenticator => ({
  create: async ({ challenge, rpId, origin }) => {
    const { passkey, attestation } = createPasskey({
      options: {
        rp: { id: rpId },
        user: { id: toBase64url(randomBytes(16)) },
        challenge: toBase64url(challenge),
        pubKeyCredParams: [ES256],
      },
      origin,
      random: randomBytes,
    })
    await keeper.save(passkey)
    return attestation
  },
  get: async ({ challenge, rpId, origin }) => {
    const passkey = await keeper.load()
    if (passkey === null) throw new Error('there is no passkey to ask')
    const request = { challenge: toBase64url(challenge), rpId, origin, userVerified: true }
    return assertBy({ passkey, ...request })
  },
})

export type SoftwareOptions = Api & {
  readonly origin: string
  readonly store?: TerminalStore
  readonly keeper?: PasskeyKeeper
  readonly turns?: Turns
  /** Else the clock on the wall. */
  readonly nowMs?: () => number
}

/** What a software terminal needs; tests change one thing and leave the rest. */
export const softwareNeeds = (options: SoftwareOptions): TerminalNeeds => ({
  fetch: options.fetch,
  apiUrl: options.apiUrl,
  origin: options.origin,
  nowMs: options.nowMs ?? Date.now,
  random: (length) => Uint8Array.from(randomBytes(length)),
  passkey: softwareAuthenticator(options.keeper ?? memoryKeeper()),
  store: options.store ?? memoryStore(),
  turns: options.turns ?? queueTurns(),
  extractable: true,
})

export const createSoftwareTerminal = (options: SoftwareOptions): Terminal =>
  createTerminal(softwareNeeds(options))
