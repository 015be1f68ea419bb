/** One difference: what should be there, what is, and what can be done about it. */
import { Button, TextInput } from '@mantine/core'
import type { Reply } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { ActButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import {
  type Column,
  moneyColumn,
  stateColumn,
  textColumn,
  timeColumn,
  wordColumn,
} from './columns.tsx'
import { Facts } from './facts.tsx'
import { Go } from './route.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { useStateWord } from './states.tsx'
import { moneyWords } from './words-money.ts'

export type Difference = Reply<'fixDifference'>

/** Without a currency (an order nobody paid) there is no amount to show. */
const money = (amount: number, currency: string | null) =>
  currency === null ? null : { amount, currency }

/** Open is good news of an account, not of a difference. */
const stateOf = ({ status }: Difference) => (status === 'open' ? 'undecided' : status)

export const differenceColumns: readonly Column<Difference>[] = [
  timeColumn('time', ({ created_at }) => created_at),
  wordColumn('kind', ({ kind }) => kind),
  stateColumn('status', stateOf),
  textColumn('reference', ({ merchant_reference }) => merchant_reference),
  moneyColumn('expected', ({ expected, currency }) => money(expected, currency)),
  moneyColumn('found', ({ found, currency }) => money(found, currency)),
  wordColumn('suggestion', ({ suggestion, fix }) => fix ?? suggestion.fix),
]

type Props = { readonly difference: Difference; readonly onDone: () => void }

export function OneDifference({ difference, onDone }: Props) {
  const { may } = useSession()
  const { kind, status, currency, expected, found, line, sales } = difference
  const isOpen = status === 'open' || status === 'waiting' || status === 'fixing'
  return (
    <div className="dialog-form">
      <Facts
        facts={[
          ['kind', { word: kind }],
          ['status', { state: stateOf(difference) }],
          ['expected', { money: money(expected, currency) }],
          ['found', { money: money(found, currency) }],
          ['line', { count: line }],
          ['suggestion', { word: difference.suggestion.fix }],
          ['done', { word: difference.fix }],
          ['reason', { text: difference.dismissed_because }],
        ]}
      />
      <ul className="log">
        {sales.map((id) => (
          <li key={id}>
            {id.startsWith('pay_') ? (
              <Go to={`/payments/${id}`}>
                <code>{id}</code>
              </Go>
            ) : (
              <code>{id}</code>
            )}
          </li>
        ))}
      </ul>
      {isOpen && may('fixDifference') ? <Fixes difference={difference} onDone={onDone} /> : null}
    </div>
  )
}

/** What is suggested first, then what else fits; where money moves, its amount is said before. */
function Fixes({ difference, onDone }: Props) {
  const say = useWords(moneyWords)
  const word = useStateWord()
  const { language } = useLanguage()
  const call = useCall()
  const stale = useStale()
  const { id, suggestion, fixes, currency } = difference
  const rest = fixes.filter((fix) => fix !== suggestion.fix)
  const moves =
    suggestion.amount > 0 && currency !== null
      ? formatMoney({ amount: suggestion.amount, currency }, localeOf[language])
      : null
  const fix = async (chosen: Difference['suggestion']['fix']) => {
    await call('fixDifference', { params: { id }, body: { fix: chosen } })
    await stale()
    onDone()
  }
  const suggested = say('suggested', { fix: word(suggestion.fix) })
  return (
    <>
      {moves === null ? null : <p>{say('movesMoney', { amount: moves })}</p>}
      <div className="acts">
        <ActButton
          name={suggested}
          work={() => fix(suggestion.fix)}
          {...(moves === null
            ? {}
            : { ask: { title: suggested, lead: say('movesMoney', { amount: moves }) } })}
        />
        {rest.map((one) => (
          <ActButton
            key={one}
            name={say('doFix', { fix: word(one) })}
            ask={{ title: word(one), lead: say('sure') }}
            work={() => fix(one)}
          />
        ))}
      </div>
      <Dismiss difference={difference} onDone={onDone} />
    </>
  )
}

function Dismiss({ difference: { id }, onDone }: Props) {
  const say = useWords(moneyWords)
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const [because, setBecause] = useState('')
  const dismiss = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await call('dismissDifference', { params: { id }, body: { because } })
      await stale()
      onDone()
    })
  }
  return (
    <form className="dialog-form" onSubmit={dismiss}>
      <TextInput
        label={say('because')}
        value={because}
        maxLength={200}
        onChange={(event) => setBecause(event.currentTarget.value)}
      />
      <Fault fault={fault} />
      <Button type="submit" variant="default" loading={isBusy} disabled={because.trim() === ''}>
        {say('dismiss')}
      </Button>
    </form>
  )
}
