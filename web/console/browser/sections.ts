/**
 * What the console is made of: a row is a place in the navigation, with the calls that it stands
 * on. Whoever may make none of them does not see it; the API decides all the same.
 */
import type { CallName } from '@warifu/protocol/contract'

export type SectionName =
  | 'overview'
  | 'payments'
  | 'sales'
  | 'reconciliation'
  | 'settlements'
  | 'payouts'
  | 'ledger'
  | 'cards'
  | 'plastics'
  | 'sims'
  | 'rules'
  | 'merchants'
  | 'people'
  | 'keys'
  | 'applications'
  | 'acts'
  | 'audit'
  | 'devices'
  | 'tokens'
  | 'webhooks'
  | 'apiKeys'
  | 'requests'

type Group = 'watch' | 'money' | 'cards' | 'shop' | 'keep'

export type Section = {
  readonly name: SectionName
  readonly path: string
  readonly group: Group
  /** The first that this person may call fills the page. */
  readonly reads: readonly CallName[]
}

const row = (name: SectionName, path: string, group: Group, ...reads: readonly CallName[]) => ({
  name,
  path,
  group,
  reads,
})

// biome-ignore format: a table reads by its columns
export const sections: readonly Section[] = [
  row('overview', '/overview', 'watch', 'readMetrics', 'getMetrics'),
  row('payments', '/payments', 'money', 'findPayments', 'listPayments'),
  row('sales', '/sales', 'money', 'listSales'),
  row('reconciliation', '/reconciliation', 'money', 'listReconciliations', 'listToldDifferences'),
  row('settlements', '/settlements', 'money', 'searchSettlements', 'listSettlements'),
  row('payouts', '/payouts', 'money', 'searchPayouts', 'listPayouts'),
  row('ledger', '/ledger', 'money', 'readTrialBalance'),
  row('applications', '/applications', 'cards', 'listReviews'),
  row('cards', '/cards', 'cards', 'findCards'),
  row('plastics', '/plastics', 'cards', 'findPlastics'),
  row('sims', '/sims', 'cards', 'findSims'),
  row('rules', '/rules', 'cards', 'findPrograms'),
  row('merchants', '/merchants', 'shop', 'findMerchants'),
  row('devices', '/devices', 'shop', 'findDevices', 'listEntryDevices'),
  row('tokens', '/tokens', 'shop', 'listTokens'),
  row('webhooks', '/webhooks', 'shop', 'listWebhookEndpoints'),
  row('apiKeys', '/api-keys', 'shop', 'listApiKeys'),
  row('requests', '/requests', 'shop', 'listRequests'),
  row('people', '/people', 'keep', 'findOperators'),
  row('acts', '/acts', 'keep', 'listActs'),
  row('keys', '/keys', 'keep', 'listVaultKeys'),
  row('audit', '/audit', 'keep', 'listActRecords'),
]

/** Every path at which the page stands. */
export const pathsOfSections: readonly string[] = ['/', ...sections.map(({ path }) => path)]

export const sectionAt = (path: string): Section | undefined =>
  sections.find((one) => one.path === path || path.startsWith(`${one.path}/`))
