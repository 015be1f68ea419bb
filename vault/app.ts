/**
 * All wiring of the vault, top to bottom. main.ts brings the world in; tests bring theirs.
 */
import { createAssertionVerifier } from './assertion.ts'
import { createAudit } from './audit.ts'
import { fillChecks } from './card-checks-fill.ts'
import { createChipVerifier } from './chip.ts'
import { createChipKeys } from './chip-keys.ts'
import type { Connector } from './connector.ts'
import { createDispatch, type Dispatch } from './dispatcher.ts'
import { createEntryKeys } from './entry-keys.ts'
import type { Chance, Probe, Wallet } from './given.ts'
import { openHierarchy } from './hierarchy.ts'
import { createInnerBlobs } from './inner-parts.ts'
import type { KeyStore } from './key-store.ts'
import type { Log } from './log.ts'
import { createNoise } from './noise.ts'
import { createPairCache } from './payment-keys.ts'
import { createRecordKeys } from './record.ts'
import { createSales } from './sales.ts'
import { createKnownSenders } from './senders.ts'
import { createRequestVerifier } from './signed-request.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

export type AppNeeds = {
  readonly store: Store
  readonly keyStore: KeyStore
  readonly wallet: Wallet
  readonly connector: Connector | undefined
  readonly chain: string
  readonly chance: Chance
  readonly nowMs: () => number
  readonly recoveryWaitMs: number
  readonly probe: Probe
  readonly log: Log
}
export type App = { readonly world: World; readonly dispatch: Dispatch }

export async function createApp(needs: AppNeeds): Promise<App> {
  const { store, keyStore, wallet, connector, chain, chance, nowMs, probe, log } = needs
  const { recoveryWaitMs } = needs
  const hierarchy = await openHierarchy({ sql: store, keyStore, chance, nowMs })
  const world: World = {
    store,
    hierarchy,
    root: { ...keyStore.root, kind: keyStore.kind },
    audit: createAudit({ chain, hierarchy, nowMs }),
    wallet,
    verifyAssertion: createAssertionVerifier(wallet),
    verifyRequest: createRequestVerifier(),
    senders: createKnownSenders(),
    entryKeys: createEntryKeys(hierarchy),
    userPairs: createPairCache(),
    recordKeys: createRecordKeys(),
    innerBlobs: createInnerBlobs(),
    chipKeys: createChipKeys(hierarchy),
    noise: createNoise(nowMs),
    verifyChip: createChipVerifier(hierarchy),
    connector,
    chain,
    sales: createSales(chain, chance),
    chance,
    nowMs,
    recoveryWaitMs,
    probe,
    log,
  }
  await fillChecks(world)
  return { world, dispatch: createDispatch(world) }
}
