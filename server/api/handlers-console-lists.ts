/** Handlers: what the platform's people list of merchants, cards, devices and programs. */
import type { DeviceKind } from '@warifu/protocol/console-list-objects'
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { FoundDevice } from '#devices'
import {
  boundsOf,
  type FoundApplication,
  type FoundCard,
  type Program,
  type SoughtApplication,
  type SoughtCard,
} from '#issuing'
import type { FoundEntryDevice, FoundMerchant } from '#merchants'
import type { FoundCardholder, FoundOperator, MerchantUserRow, Operator } from '#people'
import type { FoundTerminal } from '#terminals'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type Sought = { readonly owner?: string | undefined; readonly status?: string | undefined }

/** What the rooms let their lists be read by. */
export type ConsoleFinds = {
  readonly merchants: (name: string | undefined, page: Page) => Promise<FoundMerchant[]>
  readonly merchant: (id: Id<'mer'>) => Promise<FoundMerchant | undefined>
  readonly merchantUsers: (id: Id<'mer'>) => Promise<MerchantUserRow[]>
  readonly cards: (sought: SoughtCard, page: Page) => Promise<FoundCard[]>
  readonly applications: (sought: SoughtApplication, page: Page) => Promise<FoundApplication[]>
  readonly cardholders: (name: string | undefined, page: Page) => Promise<FoundCardholder[]>
  readonly names: (ids: readonly Id<'chl'>[]) => Promise<ReadonlyMap<string, string>>
  readonly operators: (page: Page) => Promise<FoundOperator[]>
  readonly programs: (page: Page) => Promise<Program[]>
  readonly phones: (sought: Sought, page: Page) => Promise<FoundTerminal[]>
  readonly entryDevices: (sought: Sought, page: Page) => Promise<FoundEntryDevice[]>
  readonly carried: Readonly<
    Record<Carried, (sought: Sought, page: Page) => Promise<FoundDevice[]>>
  >
}
type Carried = Exclude<DeviceKind, 'phone' | 'entry_device'>

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()
const orNull = (ms: bigint | null) => (ms === null ? null : instantOf(ms))

/** Whose names this reader is shown. */
export const readsNames = ({ roles }: Operator) =>
  roles.includes('issuer') || roles.includes('auditor')

export const merchantObject = (row: FoundMerchant): Reply<'readMerchant'>['merchant'] => ({
  id: row.id,
  object: 'merchant',
  name: row.name,
  created_at: instantOf(row.createdMs),
  closed_at: orNull(row.closedMs),
  stores: row.stores.map((store) => ({ ...store })),
})

export const operatorObject = (row: FoundOperator) => ({
  id: row.id,
  object: 'found_operator' as const,
  name: row.name,
  roles: [...row.roles],
  created_at: instantOf(row.createdMs),
  ended_at: orNull(row.endedMs),
  passkeys: row.passkeys,
  last_seen_at: orNull(row.seenMs),
})

type Names =
  | 'findMerchants'
  | 'readMerchant'
  | 'findCards'
  | 'findCardholders'
  | 'findApplications'
  | 'findDevices'
  | 'findPrograms'
  | 'findOperators'

export const consoleListHandlers = (finds: ConsoleFinds): Handlers<Names> => ({
  ...merchantLists(finds),
  ...cardLists(finds),
  ...deviceLists(finds),
  findOperators: async ({ query }) =>
    done(
      await pageOf('/v1/operator/operators', query, async (page) =>
        (await finds.operators(page)).map(operatorObject),
      ),
    ),
})

const merchantLists = (finds: ConsoleFinds): Handlers<'findMerchants' | 'readMerchant'> => ({
  findMerchants: async ({ query: { name, ...asked } }) =>
    done(
      await pageOf('/v1/operator/merchants', asked, async (page) =>
        (await finds.merchants(name, page)).map(merchantObject),
      ),
    ),
  readMerchant: async ({ params: { id } }) => {
    const merchant = await finds.merchant(id)
    if (merchant === undefined) return refused('not_found')
    const users = (await finds.merchantUsers(id)).map((row) => ({
      id: row.user,
      object: 'merchant_user' as const,
      name: row.name,
      role: row.role,
      created_at: instantOf(row.createdMs),
      ended_at: orNull(row.endedMs),
    }))
    return done({ merchant: merchantObject(merchant), users })
  },
})

type CardNames = 'findCards' | 'findCardholders' | 'findApplications' | 'findPrograms'

function cardLists(finds: ConsoleFinds): Handlers<CardNames> {
  return {
    findCards: async ({ caller, query: { limit, starting_after, ...sought } }) => {
      const read = async (page: Page) => {
        const rows = await finds.cards(sought, page)
        const ids = readsNames(caller) ? rows.map(({ cardholder }) => cardholder) : []
        const names = await finds.names(ids)
        return rows.map((row) => cardRow(row, names.get(row.cardholder) ?? null))
      }
      return done(await pageOf('/v1/operator/cards', asked({ limit, starting_after }), read))
    },
    findCardholders: async ({ query: { name, ...asked } }) =>
      done(
        await pageOf('/v1/operator/cardholders', asked, async (page) =>
          (await finds.cardholders(name, page)).map(({ createdMs, ...row }) => ({
            ...row,
            object: 'found_cardholder' as const,
            created_at: instantOf(createdMs),
          })),
        ),
      ),
    findApplications: async ({ query: { limit, starting_after, ...sought } }) =>
      done(
        await pageOf('/v1/operator/applications', asked({ limit, starting_after }), async (page) =>
          (await finds.applications(sought, page)).map(applicationRow),
        ),
      ),
    findPrograms: async ({ query }) =>
      done(
        await pageOf('/v1/operator/programs', query, async (page) =>
          (await finds.programs(page)).map(programObject),
        ),
      ),
  }
}

type Asked = { readonly limit?: number; readonly starting_after?: string }
const asked = ({ limit, starting_after }: { [K in keyof Asked]: Asked[K] | undefined }): Asked => ({
  ...(limit === undefined ? {} : { limit }),
  ...(starting_after === undefined ? {} : { starting_after }),
})

const cardRow = (row: FoundCard, name: string | null): Reply<'findCards'>['data'][number] => ({
  id: row.id,
  object: 'found_card',
  created_at: instantOf(row.createdMs),
  status: row.status,
  last4: row.last4,
  expires: row.expires,
  program: { id: row.program, name: row.programName },
  currency: row.currency,
  account: row.account,
  cardholder: { id: row.cardholder, name },
})

const applicationRow = (row: FoundApplication): Reply<'findApplications'>['data'][number] => ({
  id: row.id,
  object: 'found_application',
  created_at: instantOf(row.createdMs),
  status: row.status,
  scheme: row.scheme,
  program: { id: row.program, name: row.programName },
  currency: row.currency,
  cardholder: { id: row.cardholder, name: row.name },
  decision: row.decision,
  card: row.card,
})

type Shown = Reply<'findPrograms'>['data'][number]

export const programObject = (row: Program): Shown => ({
  id: row.id,
  object: 'found_program',
  name: row.name,
  currency: row.currency,
  funding: row.funding,
  usage: row.usage,
  schemes: [...row.schemes],
  verification_methods: [...row.verificationMethods],
  verification_needed: row.verificationNeeded,
  bureau: row.bureau,
  second_above: row.secondAbove === null ? null : Number(row.secondAbove),
  signature_only_max: Number(row.signatureOnlyMax),
  validity_months: row.validityMonths,
  renew_days: row.renewDays,
  keeps_tokens: row.keepsTokens,
  over_capture: row.overCapture,
  force_post: row.forcePost,
  controls: boundsOf(row),
  // The rules are data of this shape; the schema says the same of them (console-list-objects.ts).
  rules: structuredClone(row.rules) as Shown['rules'],
})

type DeviceRow = Reply<'findDevices'>['data'][number]
const nowhere = { cardholder: null, terminal: null, merchant: null, last_seen_at: null }

const phoneRow = (row: FoundTerminal): DeviceRow => ({
  ...nowhere,
  id: row.id,
  object: 'found_device',
  kind: 'phone',
  status: row.status,
  created_at: instantOf(row.createdMs),
  label: null,
  cardholder: row.cardholder,
})

const carriedRow = (kind: Carried, row: FoundDevice): DeviceRow => ({
  ...nowhere,
  id: row.id,
  object: 'found_device',
  kind,
  status: row.status,
  created_at: instantOf(row.createdMs),
  label: row.label,
  cardholder: row.cardholder,
  terminal: row.terminal,
})

const entryDeviceRow = (row: FoundEntryDevice): DeviceRow => ({
  ...nowhere,
  id: row.id,
  object: 'found_device',
  kind: 'entry_device',
  status: row.status,
  created_at: instantOf(row.createdMs),
  label: row.label,
  merchant: row.merchant,
  last_seen_at: orNull(row.seenMs),
})

const deviceLists = (finds: ConsoleFinds): Handlers<'findDevices'> => ({
  findDevices: async ({ query: { kind = 'phone', owner, status, ...asked } }) => {
    const read = async (page: Page): Promise<DeviceRow[]> => {
      const sought = { owner, status }
      if (kind === 'phone') return (await finds.phones(sought, page)).map(phoneRow)
      if (kind === 'entry_device')
        return (await finds.entryDevices(sought, page)).map(entryDeviceRow)
      return (await finds.carried[kind](sought, page)).map((row) => carriedRow(kind, row))
    }
    return done(await pageOf('/v1/operator/devices', asked, read))
  },
})
