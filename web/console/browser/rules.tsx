/** The rules of a program, in words: on its page, and where somebody is to agree to new ones. */
import { Amount, useWords } from '@warifu/web/kit'
import type { Rule } from './rule-draft.ts'
import { StateWord } from './states.tsx'
import { ruleWords } from './words-rules.ts'
import { useWritten } from './written.ts'

/** Without a currency amounts stand in its minor units, as they are agreed to. */
type Money = { readonly currency?: string | undefined }
type Props = Money & { readonly rules: readonly Rule[] }

export function Rules({ rules, currency }: Props) {
  const say = useWords(ruleWords)
  return (
    <ol className="rules">
      {rules.map((rule, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule is named by its place
        <li key={at}>
          {rule.when.length === 0 ? say('always') : null}
          {rule.when.map((condition, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition is named by its place
            <span key={place}>
              {place === 0 ? null : ` ${say('and')} `}
              <Condition condition={condition} currency={currency} />
            </span>
          ))}{' '}
          → <Gives rule={rule} currency={currency} />
        </li>
      ))}
    </ol>
  )
}

const Sum = ({ amount, currency }: Money & { readonly amount: number }) =>
  currency === undefined ? amount : <Amount amount={amount} currency={currency} />

type ConditionProps = Money & { readonly condition: Rule['when'][number] }

function Condition({ condition, currency }: ConditionProps) {
  const say = useWords(ruleWords)
  const { count } = useWritten()
  const { fact } = condition
  if ('among' in condition)
    return (
      <>
        {say(fact)}:{' '}
        {condition.among.map((one, at) => (
          <span key={one}>
            {at === 0 ? null : ' / '}
            <StateWord of={one} />
          </span>
        ))}
      </>
    )
  const [sign, number] =
    'below' in condition ? (['<', condition.below] as const) : (['≥', condition.atLeast] as const)
  const isMoney = fact === 'annualIncome' || fact === 'debt'
  return (
    <>
      {say(fact)} {sign} {isMoney ? <Sum amount={number} currency={currency} /> : count(number)}
    </>
  )
}

function Gives({ rule: { gives }, currency }: Money & { readonly rule: Rule }) {
  const say = useWords(ruleWords)
  const limit = gives.result === 'approve' ? gives.limit : null
  return (
    <>
      <StateWord of={gives.result} /> (<StateWord of={gives.reason} />)
      {typeof limit === 'number' ? (
        <>
          {' '}
          <Sum amount={limit} currency={currency} />
        </>
      ) : null}
      {limit !== null && typeof limit === 'object' ? (
        <>
          {` ${say('shareOf', { perMille: String(limit.perMilleOfIncome) })} ≤ `}
          <Sum amount={limit.atMost} currency={currency} />
        </>
      ) : null}
    </>
  )
}
