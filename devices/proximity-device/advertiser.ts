/** Who puts a device's advertisement on the air: UDP multicast, or a Bluetooth controller. */
import type { Advertisement } from '@warifu/protocol/proximity-frame'

export type Advertiser = {
  /** From now on this one and no other. */
  readonly advertise: (advertisement: Advertisement) => Promise<void>
  /** Every quarter of a second: says it once more, where nothing else does. */
  readonly tick: () => void
  readonly close: () => Promise<void>
}
