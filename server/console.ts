/** The console's endpoints, wired: they read many rooms at once. */
import type { Mint } from '@warifu/protocol/ids'
import {
  actHandlers,
  auditHandlers,
  type Books,
  bookHandlers,
  type ConsoleFinds,
  consoleHandlers,
  consoleListHandlers,
  consoleOrderHandlers,
  consoleReadHandlers,
  consoleShopHandlers,
  dangerousHandlers,
  filterHandlers,
  type Handlers,
  metricsHandlers,
  type OrderFinds,
  xrayHandlers,
} from '#api'
import { findProximity, findReaders, findSims, findWholeSims } from '#devices'
import {
  findApplications,
  findBureaus,
  findCards,
  findPlastics,
  foundPlastic,
  type Issuing,
  last4sOf,
} from '#issuing'
import { findAccounts, legsOf, trialBalance } from '#ledger'
import {
  findEntryDevices,
  findMerchants,
  firstMerchant,
  foundMerchant,
  merchantName,
} from '#merchants'
import { type Payments, readMetrics } from '#payments'
import { type ConsolePeople, findCardholders, findOperators, namesOf } from '#people'
import type { Settlement } from '#settlement'
import type { Db, Store } from '#store'
import { findTerminals } from '#terminals'
import type { VaultClient } from '#vault-client'
import { aboutActs } from './acts-about.ts'
import { actsOfTwo } from './acts-of-two.ts'
import type { Config } from './config.ts'

type Rooms = {
  readonly issuing: Issuing
  readonly payments: Payments
  readonly consolePeople: ConsolePeople
  readonly mint: Mint
  readonly settlement: Settlement
}
type World = {
  readonly config: Config
  readonly store: Store
  readonly vault: VaultClient
  readonly derive: (...words: readonly string[]) => Uint8Array
}
/** What a merchant's own endpoints answer with: the platform's people read the same. */
type Own = Parameters<typeof consoleShopHandlers>[0]

export function consoleEndpointsOf(rooms: Rooms, world: World, own: Own) {
  const { config, store, vault, derive } = world
  const { dangerous, askLink, carryOut } = actsOfTwo({ ...rooms, store })
  const { consoleOrigin, mode } = config
  const livemode = mode === 'live'
  return {
    ...consoleHandlers({ ...rooms, ...shopsOf(store), consoleOrigin, livemode }),
    ...consoleReadHandlers(rooms),
    ...consoleListHandlers(findsOf(rooms, store)),
    ...consoleOrderHandlers(ordersOf(store)),
    ...consoleShopHandlers(own),
    ...bookHandlers({ ...rooms, books: booksOf(store) }),
    ...actHandlers({ ...rooms, aboutAct: aboutActs({ ...rooms, store }), carryOut, derive }),
    ...dangerousHandlers(dangerous),
    ...auditHandlers({ ...rooms, vault }),
    ...filterHandlers(rooms),
    ...metricsHandlers(bound(store, readMetrics)),
    ...xrayHandlers({ ...rooms, derive, askLink }),
  } satisfies Partial<Handlers>
}

/** A read of a room, bound to the database. */
const bound =
  <Rest extends unknown[], T>({ sql }: Store, read: (db: Db, ...rest: Rest) => T) =>
  (...rest: Rest): T =>
    read(sql, ...rest)

const shopsOf = (store: Store) => ({
  merchantName: bound(store, merchantName),
  firstMerchant: bound(store, firstMerchant),
})

const findsOf = ({ issuing, consolePeople }: Rooms, store: Store): ConsoleFinds => ({
  merchants: bound(store, findMerchants),
  merchant: bound(store, foundMerchant),
  merchantUsers: consolePeople.merchantUsers,
  cards: bound(store, findCards),
  applications: bound(store, findApplications),
  cardholders: bound(store, findCardholders),
  names: bound(store, namesOf),
  operators: bound(store, findOperators),
  programs: issuing.programs,
  phones: bound(store, findTerminals),
  entryDevices: bound(store, findEntryDevices),
  carried: {
    proximity_device: bound(store, findProximity),
    reader: bound(store, findReaders),
    sim: bound(store, findSims),
  },
})

const ordersOf = (store: Store): OrderFinds => ({
  plastics: bound(store, findPlastics),
  plastic: bound(store, foundPlastic),
  bureaus: bound(store, findBureaus),
  sims: bound(store, findWholeSims),
  last4s: bound(store, last4sOf),
  names: bound(store, namesOf),
})

const booksOf = (store: Store): Books => ({
  accounts: bound(store, findAccounts),
  legsOf: bound(store, legsOf),
  trialBalance: bound(store, trialBalance),
})
