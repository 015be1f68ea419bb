/**
 * SANDBOX ONLY: what its test kit tells this process in a file that both were told of (vault and
 * server share no database): how far the clock is ahead, and until when the acquirer is out of
 * reach. Without the file's name in the environment, none of this is there.
 */
import { Type } from 'typebox'
import { Check } from 'typebox/value'

const told = Type.Object({
  ahead_ms: Type.Integer({ minimum: 0 }),
  acquirer_silent_until_ms: Type.Integer({ minimum: 0 }),
})

export type SandboxFile = {
  readonly nowMs: () => number
  readonly isAcquirerSilent: () => boolean
  readonly read: () => Promise<void>
}

type Needs = { readonly wall: () => number; readonly readText: () => Promise<string> }

export function createSandboxFile({ wall, readText }: Needs): SandboxFile {
  let now = { ahead_ms: 0, acquirer_silent_until_ms: 0 }
  return {
    nowMs: () => wall() + now.ahead_ms,
    isAcquirerSilent: () => wall() < now.acquirer_silent_until_ms,
    read: async () => {
      const found = parse(await readText().catch(() => ''))
      // A clock that went back would open what has ended.
      if (Check(told, found)) now = { ...found, ahead_ms: Math.max(now.ahead_ms, found.ahead_ms) }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
