/** What is known of one thing, name by name; what is not known is left out. */
import type { MoneyJson } from '@warifu/protocol/money'
import { Amount, useWords } from '@warifu/web/kit'
import type { ReactNode } from 'react'
import { Go } from './route.tsx'
import { Standing, StateWord, useStateWords } from './states.tsx'
import { type FieldWord, fieldWords } from './words-fields.ts'
import { useWritten } from './written.ts'

type Maybe<T> = T | null
export type FactValue =
  | { readonly text: Maybe<string> }
  | { readonly code: Maybe<string>; readonly to?: string }
  | { readonly time: Maybe<string> }
  | { readonly month: Maybe<string> }
  | { readonly state: Maybe<string> }
  | { readonly word: Maybe<string> }
  | { readonly words: Maybe<readonly string[]> }
  | { readonly money: Maybe<MoneyJson> }
  | { readonly count: Maybe<number> }
  | { readonly share: Maybe<number> }
export type Fact = readonly [FieldWord, FactValue]

const isKnown = ([, value]: Fact) =>
  Object.entries(value).every(([name, one]) => name === 'to' || (one !== null && one !== ''))

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const say = useWords(fieldWords)
  return (
    <dl className="facts">
      {facts.filter(isKnown).map(([name, value]) => (
        <div key={name}>
          <dt>{say(name)}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ value }: { readonly value: FactValue }): ReactNode {
  const { time, month, count, share } = useWritten()
  const words = useStateWords()
  if ('text' in value) return value.text
  if ('time' in value) return <time dateTime={value.time ?? ''}>{time(value.time ?? '')}</time>
  if ('month' in value) return month(value.month ?? '')
  if ('state' in value) return <Standing state={value.state ?? ''} />
  if ('word' in value) return <StateWord of={value.word ?? ''} />
  if ('words' in value) return words(value.words ?? [])
  if ('share' in value) return share(value.share ?? 0)
  if ('count' in value) return count(value.count ?? 0)
  if ('money' in value) return value.money === null ? null : <Amount {...value.money} />
  const code = <code>{value.code}</code>
  return value.to === undefined ? code : <Go to={value.to}>{code}</Go>
}
