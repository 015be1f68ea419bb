/** What a day brought: what is left, what was sold and given back, and by which kind of money. */
import { Amount, useWords } from '@warifu/web/kit'
import type { DaySales, KindTally, Tally } from './wire.ts'
import { words } from './words.ts'

const kindWords = { card: 'kindCard', cash: 'kindCash', transfer: 'kindTransfer' } as const

export function Totals({ day }: { readonly day: DaySales }) {
  const say = useWords(words)
  const { sold, refunded, expected, kinds, currency } = day
  const one = (name: string, { amount, count }: Tally, counted: 'salesCount' | 'refundCount') => (
    <div className="tally">
      <dt>{name}</dt>
      <dd>
        <Amount amount={amount} currency={currency} size="medium" />
        <span className="tally-count">{say(counted, { count: String(count) })}</span>
      </dd>
    </div>
  )
  return (
    <>
      <dl className="totals">
        <div className="tally tally-net">
          <dt>{say('net')}</dt>
          <dd>
            <Amount amount={sold.amount - refunded.amount} currency={currency} size="large" />
          </dd>
        </div>
        {one(say('sold'), sold, 'salesCount')}
        {one(say('refunded'), refunded, 'refundCount')}
      </dl>
      {expected.count === 0 ? null : (
        <p className="expected">
          {say('expectedCount', { count: String(expected.count) })} ·{' '}
          <Amount amount={expected.amount} currency={currency} />
        </p>
      )}
      {kinds.length < 2 ? null : <Kinds kinds={kinds} currency={currency} />}
    </>
  )
}

type KindsProps = { readonly kinds: readonly KindTally[]; readonly currency: string }

function Kinds({ kinds, currency }: KindsProps) {
  const say = useWords(words)
  const money = (amount: number) => (
    <td>
      <Amount amount={amount} currency={currency} />
    </td>
  )
  return (
    <table className="kinds">
      <caption>{say('byKind')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('kind')}</th>
          <th scope="col">{say('sold')}</th>
          <th scope="col">{say('refunded')}</th>
          <th scope="col">{say('net')}</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map(({ kind, sold, refunded }) => (
          <tr key={kind}>
            <th scope="row">{say(kindWords[kind])}</th>
            {money(sold.amount)}
            {money(refunded.amount)}
            {money(sold.amount - refunded.amount)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
