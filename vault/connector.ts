/**
 * A network connector takes a card of another company to that company's acquirer, from inside the
 * vault's zone: the number goes this way and no other. A reference names one authorisation for
 * ever: asked again, the acquirer answers what it answered first.
 */
import type { NetworkOutcome } from '@warifu/protocol/vault'

export type Authorisation = {
  readonly reference: string
  readonly amount: number
  readonly currency: string
  readonly merchant: string
  readonly pan: string
  /** `YYYY-MM`. */
  readonly expires: string | undefined
  /** Bytes of the caller's, who wipes them: the connector keeps no copy. */
  readonly securityCode: Uint8Array | undefined
  readonly chip: ReadonlyMap<number, Uint8Array> | undefined
}

/** What an acquirer decides; `silent`: no answer came in the connector's own time. */
export type Decision = Exclude<NetworkOutcome, 'network_timeout'> | 'silent'

export type Connector = {
  readonly name: string
  readonly authorize: (asked: Authorisation) => Promise<Decision>
  /** Gives back what may have been authorised under it. True once the acquirer says so. */
  readonly reverse: (reference: string) => Promise<boolean>
}
