/** Money of a card's account that people move: put on it, repaid, adjusted; and a month of it. */
import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { Amount, Mark, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { Fault } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { Adjust } from './adjusting.tsx'
import { amountIn } from './amount-in.ts'
import { type Asked, AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import { Facts } from './facts.tsx'
import { useSession } from './session.tsx'
import { StateWord } from './states.tsx'
import { cardWords } from './words-cards.ts'
import { listWords } from './words-list.ts'
import { moneyWords } from './words-money.ts'
import { useWritten } from './written.ts'

type Card = Reply<'readCard'>
type Props = { readonly card: Card; readonly onDone: () => void }

export function CardMoney({ card }: { readonly card: Card }) {
  const say = useWords(cardWords)
  const sayMoney = useWords(moneyWords)
  const { may } = useSession()
  return (
    <>
      {card.funding === 'debit' && may('fundCard') ? (
        <OpenButton name={say('fund')} title={say('fund')}>
          {(close) => <Fund card={card} onDone={close} />}
        </OpenButton>
      ) : null}
      {card.funding === 'credit' && may('repayCard') ? (
        <OpenButton name={sayMoney('repay')} title={sayMoney('repay')}>
          {(close) => <Repay card={card} onDone={close} />}
        </OpenButton>
      ) : null}
      {may('makeAdjustment') ? (
        <OpenButton name={sayMoney('adjust')} title={sayMoney('adjust')}>
          {(close) => <Adjust whose={{ card: card.id }} currency={card.currency} onDone={close} />}
        </OpenButton>
      ) : null}
      {may('readStatement') ? (
        <OpenButton name={sayMoney('statement')} title={sayMoney('statement')}>
          {() => <Statement card={card} />}
        </OpenButton>
      ) : null}
    </>
  )
}

const useMoneyFields = () => {
  const say = useWords(cardWords)
  return [
    { name: 'amount', label: say('fundAmount'), isNumber: true, most: 16 },
    { name: 'reference', label: say('fundReference') },
  ]
}

const moneyIn =
  ({ currency }: Card) =>
  ({ amount: text = '', reference = '' }: Asked) => {
    const amount = amountIn(text, currency)
    return amount && reference.trim() !== ''
      ? { amount, currency, reference: reference.trim() }
      : undefined
  }

function Fund({ card, onDone }: Props) {
  const say = useWords(cardWords)
  const call = useCall()
  return (
    <AskForm
      act={say('fund')}
      fields={useMoneyFields()}
      bodyOf={moneyIn(card)}
      send={(body, once) => call('fundCard', { params: { id: card.id }, body }, once)}
      onDone={onDone}
    />
  )
}

function Repay({ card, onDone }: Props) {
  const say = useWords(moneyWords)
  const call = useCall()
  return (
    <AskForm
      act={say('repay')}
      lead={say('repayLead')}
      fields={useMoneyFields()}
      bodyOf={moneyIn(card)}
      send={async (body, once) => {
        await call('repayCard', { params: { id: card.id }, body }, once)
        return {}
      }}
      onDone={onDone}
    />
  )
}

/** A month by its name; first the one in which the card changed last. */
function Statement({ card }: { readonly card: Card }) {
  const say = useWords(moneyWords)
  const sayList = useWords(listWords)
  const call = useCall()
  const [month, setMonth] = useState(() => (card.history.at(-1)?.at ?? card.created_at).slice(0, 7))
  const isMonth = /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(month)
  const { data, error } = useQuery({
    queryKey: ['statement', card.id, month],
    queryFn: () => call('readStatement', { params: { id: card.id, month } }),
    enabled: isMonth,
    retry: false,
  })
  return (
    <div className="dialog-form">
      <TextInput
        type="month"
        label={say('month')}
        value={month}
        onChange={({ currentTarget }) => setMonth(currentTarget.value)}
      />
      <Fault fault={error} />
      {data === undefined ? (
        error === null && isMonth ? (
          <Mark size={48} state="waiting" label={sayList('reading')} />
        ) : null
      ) : (
        <Month found={data} />
      )}
    </div>
  )
}

function Month({ found }: { readonly found: Reply<'readStatement'> }) {
  const { time } = useWritten()
  const { currency } = found
  const money = (amount: number) => ({ money: { amount, currency } })
  return (
    <>
      <Facts
        facts={[
          ['opening', money(found.opening)],
          ['spent', money(found.spent)],
          ['refunded', money(found.given_back)],
          ['repaid', money(found.repaid)],
          ['adjusted', money(found.adjustments)],
          ['closing', money(found.closing)],
          ['due', { text: found.due }],
        ]}
      />
      <ul className="log">
        {found.entries.map(({ at, entry, reference, payee, amount }) => (
          <li key={entry + reference}>
            <time dateTime={at}>{time(at)}</time> <StateWord of={entry} />{' '}
            <span>{payee ?? reference}</span> <Amount amount={amount} currency={currency} />
          </li>
        ))}
      </ul>
    </>
  )
}
