/**
 * Every page that people see, and the states that it has: what `npm run screenshots` takes, a row
 * a picture. A test holds the rows to the paths that the pages are served at.
 */

import { hsmNeeds } from './hsm.ts'

export const areas = ['wallet', 'till', 'console', 'tour', 'docs'] as const
export type Area = (typeof areas)[number]

export type Screen = {
  readonly area: Area
  readonly name: string
  /** The path at which it stands, as its page's server writes it. */
  readonly path: string
  /** The widths at which it is taken. */
  readonly widths: readonly number[]
  /** Programs of the system (needs.ts) without which it is left out. */
  readonly needs?: readonly string[]
}

const NARROW = 360
const WIDE = 1280

const rowsOf =
  (area: Area, widths: readonly number[]) =>
  (path: string, ...names: readonly string[]): readonly Screen[] =>
    names.map((name) => ({ area, name: `${area}-${name}`, path, widths }))

const wallet = rowsOf('wallet', [NARROW])
const till = rowsOf('till', [NARROW, WIDE])
const console_ = rowsOf('console', [NARROW, WIDE])
const tour = rowsOf('tour', [NARROW, WIDE])
const docs = rowsOf('docs', [NARROW, WIDE])

// biome-ignore format: a table reads by its columns
export const screens: readonly Screen[] = [
  ...wallet('/', 'join', 'first-card', 'cards', 'frozen', 'asked', 'consent', 'offline'),
  ...wallet('/', 'asked-near', 'paid-near'),
  ...wallet('/', 'reveal'),
  ...wallet('/', 'new-phone', 'old-phone-asked', 'arriving', 'removed'),
  ...wallet('/apply', 'apply', 'phone', 'code-wrong', 'refused', 'in-review', 'identity'),
  ...wallet('/pay', 'question', 'paid', 'denied', 'expired', 'declined', 'card-frozen'),
  ...wallet('/pay', 'unknown-link', 'finding-out', 'unheard'),
  ...wallet('/scan', 'scan-denied'),
  ...wallet('/code', 'code', 'code-capped'),
  ...wallet('/history', 'history-empty', 'history'),
  ...wallet('/cards', 'limits'),
  ...wallet('/plastic', 'plastic', 'plastic-ordered', 'plastic-alive'),
  ...wallet('/devices', 'devices-empty', 'pairing', 'devices', 'phones'),
  ...wallet('/settings', 'settings'),
  ...wallet('/reader', 'reader', 'reader-pairing', 'reader-paired'),
  ...wallet('/sim', 'sim'),

  ...till('/', 'empty', 'order', 'cash', 'scan', 'nearby-none', 'nearby'),
  ...till('/phone', 'phone', 'phone-keying'),
  ...till('/orders/:number', 'waiting', 'claimed', 'approved', 'refunded', 'denied', 'cancelled'),
  ...till('/orders/:number', 'paid-cash', 'expected', 'ringing', 'nearby-asked'),
  ...till('/orders/:number', 'at-the-device'),
  ...till('/orders/:number', 'finding-out', 'cut'),
  ...till('/sales', 'sales-empty', 'sales'),
  ...till('/customers', 'customers-empty', 'customers'),
  ...till('/shop', 'shop'),
  ...till('/shop/orders/:key', 'shop-order', 'shop-paid'),

  ...console_('/', 'sign-in', 'no-such-page'),
  ...console_('/overview', 'shop-overview', 'overview'),
  ...console_('/payments', 'shop-payments', 'payments', 'payment', 'refund', 'payment-xray'),
  ...console_('/sales', 'sales'),
  ...console_('/reconciliation', 'reconciliations', 'reconciliation'),
  ...console_('/settlements', 'settlements', 'settlement'),
  ...console_('/payouts', 'payouts'),
  ...console_('/ledger', 'ledger'),
  ...console_('/applications', 'applications'),
  ...console_('/cards', 'cards', 'card'),
  ...console_('/plastics', 'plastics', 'plastic'),
  ...console_('/sims', 'sims', 'sim-of'),
  ...console_('/rules', 'rules', 'program'),
  ...console_('/merchants', 'merchants', 'merchant'),
  ...console_('/devices', 'devices'),
  ...console_('/tokens', 'tokens'),
  ...console_('/webhooks', 'webhooks', 'webhook'),
  ...console_('/api-keys', 'api-keys'),
  ...console_('/requests', 'requests'),
  ...console_('/people', 'people'),
  ...console_('/acts', 'acts', 'act'),
  ...console_('/keys', 'keys'),
  ...console_('/keys', 'keys-hsm').map((screen) => ({ ...screen, needs: hsmNeeds })),
  ...console_('/audit', 'audit'),
  ...console_('/xray', 'xray-link-dead'),

  ...tour('/', 'start', 'run', 'step'),

  ...docs('/', 'start'),
  ...docs('/guides', 'guides'),
  ...docs('/guides/*', 'quick-start', 'systems', 'operating', 'threat-model', 'schemes', 'x-ray'),
  ...docs('/docs', 'reference'),
  ...docs('/errors', 'errors'),
  ...docs('/errors/:code', 'error'),
  ...docs('/inbox', 'inbox'),
]

/** What the README shows: screens by the names of their files in docs/pictures. */
export const readmePictures: Readonly<Record<string, string>> = {
  'wallet-cards': 'wallet-card.webp',
  'wallet-question': 'wallet-approval.webp',
  'wallet-paid': 'wallet-paid.webp',
  'till-approved': 'till.webp',
  'console-payment': 'console-payment.webp',
}

export const screenNamed = (name: string): Screen => {
  const found = screens.find((screen) => screen.name === name)
  if (found === undefined) throw new Error(`no screen is called ${name} (test/screens.ts)`)
  return found
}

/** At the docs' name, and where else the server writes pages itself. */
export const isWritten = ({ area }: Screen): boolean => area === 'docs'
