/** A refusal of the bridge, by its name in the protocol; what was typed is never in it. */
import type { BridgeRefusal } from '@warifu/protocol/sim-bridge'

export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly code: BridgeRefusal
  readonly triesLeft: number | null
  constructor(
    code: BridgeRefusal,
    { cause, triesLeft }: { readonly cause?: unknown; readonly triesLeft?: number } = {},
  ) {
    super(code, { cause })
    this.code = code
    this.triesLeft = triesLeft ?? null
  }
}
