/** The page that the address names, for who may see it. */
import { isId } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import type { ReactNode } from 'react'
import { ActsPage } from './acts-page.tsx'
import { ApiKeysPage } from './api-keys-page.tsx'
import { ApplicationsPage } from './applications-page.tsx'
import { AuditPage } from './audit-page.tsx'
import { CardPage } from './card-page.tsx'
import { CardsPage } from './cards-page.tsx'
import { DevicePage, DevicesPage } from './devices-page.tsx'
import { useSections } from './frame-sections.ts'
import { KeysPage } from './keys-page.tsx'
import { LedgerPage } from './ledger-page.tsx'
import { MerchantWebhookPage } from './merchant-webhook-page.tsx'
import { MerchantPage, MerchantsPage } from './merchants-page.tsx'
import { OverviewPage } from './overview-page.tsx'
import { PageHead } from './page-head.tsx'
import { PaymentPage } from './payment-page.tsx'
import { PaymentsPage } from './payments-page.tsx'
import { PayoutsPage } from './payouts-page.tsx'
import { PeoplePage } from './people-page.tsx'
import { PlasticPage, PlasticsPage } from './plastics-page.tsx'
import { ReconciliationPage } from './reconciliation-page.tsx'
import { ReconciliationsPage } from './reconciliations-page.tsx'
import { RequestPage, RequestsPage } from './requests-page.tsx'
import { Go, useRoute } from './route.tsx'
import { ProgramPage, RulesPage } from './rules-page.tsx'
import { SalesPage } from './sales-page.tsx'
import { type SectionName, sectionAt } from './sections.ts'
import { SettlementPage, SettlementsPage } from './settlements-page.tsx'
import { SimPage, SimsPage } from './sims-page.tsx'
import { TokensPage } from './tokens-page.tsx'
import { WebhookPage } from './webhook-page.tsx'
import { WebhooksPage } from './webhooks-page.tsx'
import { shellWords } from './words-shell.ts'

type PageOf = {
  readonly all: () => ReactNode
  readonly one?: (props: { readonly id: string }) => ReactNode
}

/** A merchant's page, or below it that of one of its webhook endpoints. */
function MerchantOrWebhook({ id: path }: { readonly id: string }) {
  const [id = '', endpoint = ''] = path.split('/')
  if (isId('mer', id) && isId('whe', endpoint))
    return <MerchantWebhookPage id={id} endpoint={endpoint} />
  return <MerchantPage id={id} />
}

const pages: Readonly<Record<SectionName, PageOf>> = {
  overview: { all: OverviewPage },
  payments: { all: PaymentsPage, one: PaymentPage },
  sales: { all: SalesPage },
  reconciliation: { all: ReconciliationsPage, one: ReconciliationPage },
  settlements: { all: SettlementsPage, one: SettlementPage },
  payouts: { all: PayoutsPage },
  ledger: { all: LedgerPage },
  cards: { all: CardsPage, one: CardPage },
  plastics: { all: PlasticsPage, one: PlasticPage },
  sims: { all: SimsPage, one: SimPage },
  rules: { all: RulesPage, one: ProgramPage },
  merchants: { all: MerchantsPage, one: MerchantOrWebhook },
  people: { all: PeoplePage },
  applications: { all: ApplicationsPage },
  devices: { all: DevicesPage, one: DevicePage },
  tokens: { all: TokensPage },
  webhooks: { all: WebhooksPage, one: WebhookPage },
  apiKeys: { all: ApiKeysPage },
  requests: { all: RequestsPage, one: RequestPage },
  acts: { all: ActsPage },
  keys: { all: KeysPage },
  audit: { all: AuditPage },
}

export function PageAt() {
  const { path } = useRoute()
  const seen = useSections()
  const section = path === '/' ? seen[0] : sectionAt(path)
  if (section === undefined || !seen.includes(section)) return <Nowhere />
  const { all: All, one: One } = pages[section.name]
  const id = decodeURIComponent(path.slice(section.path.length + 1))
  if (path === '/' || id === '') return <All />
  return One === undefined ? <Nowhere /> : <One key={id} id={id} />
}

function Nowhere() {
  const say = useWords(shellWords)
  return (
    <>
      <PageHead title={say('nowhereTitle')} />
      <Said tone="plain" title={say('nowhere')}>
        <Go to="/">{say('console')}</Go>
      </Said>
    </>
  )
}
