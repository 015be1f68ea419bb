/**
 * What an act will do, as a second person reads it: a sentence, then every field of the content by
 * its name, amounts in their currency, beside what stands there today. Nothing is left out: a field
 * that has no name yet is shown as it travels.
 */
import type { Reply } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, useLanguage, useWords } from '@warifu/web/kit'
import type { ReactNode } from 'react'
import { type Kind, shownAs } from './act-fields.ts'
import { Rules } from './rules.tsx'
import { useStateWord } from './states.tsx'
import { type ActWord, actWords } from './words-acts.ts'
import { fieldWords } from './words-fields.ts'
import { useWritten } from './written.ts'

export type WholeAct = Reply<'getAct'>
type Content = WholeAct['content']

export function ActContent({ act }: { readonly act: WholeAct }) {
  const { content, about, status } = act
  const currency = about.currency ?? undefined
  const now = status === 'waiting' ? about.now : {}
  return (
    <>
      <Sentence act={act} />
      <ContentFacts content={content} now={now} currency={currency} />
      <NewRules {...{ content, now, currency }} />
    </>
  )
}

/** Which sentence says it: by the act, and where money is moved, by whose and which way. */
function sentenceOf({ act, subject, content }: WholeAct): ActWord {
  if (act !== 'adjustment.make') return act
  const isGiven = Number(content['amount']) > 0
  if (subject.startsWith('crd_')) return isGiven ? 'cardGiven' : 'cardTaken'
  return isGiven ? 'merchantGiven' : 'merchantTaken'
}

function Sentence({ act }: { readonly act: WholeAct }) {
  const say = useWords(actWords)
  const { language } = useLanguage()
  const { about, content, subject } = act
  const { currency } = about
  const sum = about.amount ?? content['amount'] ?? content['limit']
  const money = () =>
    typeof sum === 'number' && currency !== null
      ? formatMoney({ amount: Math.abs(sum), currency }, localeOf[language])
      : '–'
  const name = about.name ?? (act.act === 'application.decide' ? say('someone') : subject)
  return (
    <p className="act-says">
      {say(sentenceOf(act), { name, last4: about.last4 ?? '????', amount: money() })}
    </p>
  )
}

type FactsProps = {
  readonly content: Content
  readonly now?: Content
  readonly currency: string | undefined
}

/** The fields alone: also where an application waits for its second person. */
export function ContentFacts({ content, now = {}, currency }: FactsProps) {
  const say = useWords(fieldWords)
  const shown = Object.entries(content).filter(
    ([name, value]) => shownAs[name]?.[1] !== 'hidden' && !(name === 'reverses' && value === null),
  )
  return (
    <dl className="facts">
      {shown.map(([name, value]) => {
        const [word, kind] = shownAs[name] ?? [undefined, 'text']
        const before = now[name]
        return (
          <div key={name}>
            <dt>{word === undefined ? <code>{name}</code> : say(word)}</dt>
            <dd>
              {before === undefined || before === value ? null : (
                <>
                  <s>
                    <Value {...{ kind, currency }} value={before} />
                  </s>{' '}
                  →{' '}
                </>
              )}
              <Value {...{ kind, currency, value }} />
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

type ValueProps = {
  readonly kind: Kind
  readonly value: Content[string]
  readonly currency: string | undefined
}

function Value({ kind, value, currency }: ValueProps): ReactNode {
  const say = useWords(actWords)
  const word = useStateWord()
  const { count, share } = useWritten()
  if (value === null) return kind === 'money' ? say('never') : '–'
  if (typeof value === 'string')
    return kind === 'code' ? <code>{value}</code> : kind === 'word' ? word(value) : value
  if (kind === 'money' && currency !== undefined)
    return <Amount amount={value} currency={currency} />
  return kind === 'share' ? share(value / BASIS_POINTS) : count(value)
}
const BASIS_POINTS = 10_000

/** Rules that are asked for, in words: they travel as canonical JSON. */
function NewRules({ content: { rules }, now = {}, currency }: FactsProps) {
  const say = useWords(actWords)
  if (typeof rules !== 'string') return null
  const today = now['rules']
  return (
    <>
      {typeof today === 'string' ? (
        <section>
          <h3>{say('rulesNow')}</h3>
          <Rules rules={JSON.parse(today)} currency={currency} />
        </section>
      ) : null}
      <section>
        <h3>{say('rulesThen')}</h3>
        <Rules rules={JSON.parse(rules)} currency={currency} />
      </section>
    </>
  )
}
