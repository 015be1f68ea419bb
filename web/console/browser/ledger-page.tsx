/** The books: what stands on which kind of account over all lanes, the proof, and the accounts. */
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { Amount, Mark, Said, useWords } from '@warifu/web/kit'
import { Fault } from './act.tsx'
import { Adjustments } from './adjustments.tsx'
import { useCall } from './calling.ts'
import { type Column, codeColumn, moneyColumn, stateColumn, timeColumn } from './columns.tsx'
import { LedgerAlerts } from './ledger-alerts.tsx'
import { linesOf, sumsOf } from './ledger-lines.ts'
import { LedgerProof } from './ledger-proof.tsx'
import { ListPart } from './list-page.tsx'
import type { RowOf } from './list-query.ts'
import { Panel } from './one.tsx'
import { PageHead } from './page-head.tsx'
import { useSession } from './session.tsx'
import { accountWords, isAccountWord } from './words-accounts.ts'
import { listWords } from './words-list.ts'
import { moneyWords } from './words-money.ts'
import { shellWords } from './words-shell.ts'
import { useWritten } from './written.ts'

type Account = RowOf<'findAccounts'>
type Part = 'available' | 'credit_limit' | 'credits_posted' | 'debits_pending' | 'debits_posted'

const of = (part: Part) => (row: Account) => ({ amount: row[part], currency: row.currency })

const columns: readonly Column<Account>[] = [
  codeColumn('account', ({ id }) => id, 'minmax(0, 2fr)'),
  stateColumn('status', ({ status }) => status),
  moneyColumn('limit', of('credit_limit')),
  moneyColumn('debits', of('debits_posted')),
  moneyColumn('credits', of('credits_posted')),
  moneyColumn('held', of('debits_pending')),
  moneyColumn('available', of('available')),
  timeColumn('created', ({ created_at }) => created_at),
]

export function LedgerPage() {
  const say = useWords(shellWords)
  const sayMoney = useWords(moneyWords)
  const { may } = useSession()
  return (
    <section className="one">
      <PageHead title={say('ledger')} />
      <TrialBalance />
      {may('checkLedger') ? <LedgerProof /> : null}
      <ListPart
        title={sayMoney('accounts')}
        name="findAccounts"
        columns={columns}
        keyOf={({ id }) => id}
      />
      {may('listLedgerAlerts') ? <LedgerAlerts /> : null}
      <Adjustments />
    </section>
  )
}

const FRESH_MS = 15_000

function TrialBalance() {
  const say = useWords(moneyWords)
  const sayList = useWords(listWords)
  const call = useCall()
  const { data, error } = useQuery({
    queryKey: ['ledger'],
    queryFn: () => call('readTrialBalance', {}),
    refetchInterval: FRESH_MS,
  })
  return (
    <Panel title={say('trialBalance')}>
      <Fault fault={error} />
      {data === undefined ? (
        <Mark size={48} state="waiting" label={sayList('reading')} />
      ) : (
        <Books found={data} />
      )}
    </Panel>
  )
}

type Found = Reply<'readTrialBalance'>

/** In words, and as the ledger calls it. */
function AccountName({ of }: { readonly of: string }) {
  const say = useWords(accountWords)
  if (!isAccountWord(of)) return <code>{of}</code>
  return (
    <>
      {say(of)} <code className="small">{of}</code>
    </>
  )
}

function Books({ found }: { readonly found: Found }) {
  const say = useWords(moneyWords)
  const { time } = useWritten()
  const lines = linesOf(found.balances)
  const money = (amount: number, currency: string) => <Amount amount={amount} currency={currency} />
  const isSound = found.unbalanced.length === 0
  return (
    <>
      <Said
        tone={isSound ? 'arrived' : 'refused'}
        title={say(isSound ? 'sound' : 'unsound', {
          time: time(found.at),
          count: String(found.unbalanced.length),
        })}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="numbers" tabIndex={0} aria-label={say('trialBalance')}>
        <table className="books" aria-label={say('trialBalance')}>
          <thead>
            <tr>
              <th scope="col">{say('account')}</th>
              <th scope="col">{say('pending')}</th>
              <th scope="col">{say('posted')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ account, currency, pending, posted }) => (
              <tr key={account + currency}>
                <th scope="row">
                  <AccountName of={account} />
                </th>
                <td>{money(pending, currency)}</td>
                <td>{money(posted, currency)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {sumsOf(lines).map(({ currency, pending, posted }) => (
              <tr key={currency}>
                <th scope="row">{say('sumOf', { currency: currency.toUpperCase() })}</th>
                <td>{money(pending, currency)}</td>
                <td>{money(posted, currency)}</td>
              </tr>
            ))}
          </tfoot>
        </table>
      </section>
    </>
  )
}
