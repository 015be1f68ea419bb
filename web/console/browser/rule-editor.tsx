/** The rules of a program as they are written anew: conditions, what follows, and their order. */
import { Button, TextInput } from '@mantine/core'
import { decisionReasons } from '@warifu/protocol/issuing-objects'
import { useWords } from '@warifu/web/kit'
import { Choice } from './choice.tsx'
import { ConditionFields } from './rule-condition.tsx'
import { limitKinds, newCondition, newRule, type RuleDraft, results } from './rule-draft.ts'
import { useStateWord } from './states.tsx'
import { ruleWords } from './words-rules.ts'

type Props = {
  readonly drafts: readonly RuleDraft[]
  readonly onChange: (drafts: readonly RuleDraft[]) => void
}

export function RuleEditor({ drafts, onChange }: Props) {
  const say = useWords(ruleWords)
  const put = (at: number, draft: RuleDraft) => onChange(drafts.with(at, draft))
  const up = (at: number) =>
    onChange(drafts.toSpliced(at, 1).toSpliced(at - 1, 0, ...drafts.slice(at, at + 1)))
  return (
    <>
      {drafts.map((draft, at) => {
        const number = String(at + 1)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is named by its place
          <fieldset key={at} className="rule-fields">
            <legend>{say('rule', { number })}</legend>
            <RuleFields draft={draft} onChange={(changed) => put(at, changed)} />
            <div className="acts">
              {at === 0 ? null : (
                <Button variant="default" onClick={() => up(at)}>
                  {say('up', { number })}
                </Button>
              )}
              <Button variant="default" onClick={() => onChange(drafts.toSpliced(at, 1))}>
                {say('dropRule', { number })}
              </Button>
            </div>
          </fieldset>
        )
      })}
      <div className="acts">
        <Button variant="default" onClick={() => onChange([...drafts, newRule])}>
          {say('addRule')}
        </Button>
      </div>
    </>
  )
}

type RuleProps = { readonly draft: RuleDraft; readonly onChange: (draft: RuleDraft) => void }

function RuleFields({ draft, onChange }: RuleProps) {
  const say = useWords(ruleWords)
  const { when } = draft
  return (
    <>
      {when.map((condition, at) => (
        <ConditionFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is named by its place
          key={at}
          name={say('condition', { number: String(at + 1) })}
          draft={condition}
          onChange={(changed) => onChange({ ...draft, when: when.with(at, changed) })}
          onDrop={() => onChange({ ...draft, when: when.toSpliced(at, 1) })}
        />
      ))}
      <div className="acts">
        <Button
          variant="default"
          onClick={() => onChange({ ...draft, when: [...when, newCondition] })}
        >
          {say('addCondition')}
        </Button>
      </div>
      <Outcome draft={draft} onChange={onChange} />
    </>
  )
}

function Outcome({ draft, onChange }: RuleProps) {
  const say = useWords(ruleWords)
  const word = useStateWord()
  const { result, reason, limit, amount, perMille } = draft
  const put = (change: Partial<RuleDraft>) => onChange({ ...draft, ...change })
  return (
    <div className="rule-line">
      <Choice
        label={say('result')}
        of={results}
        value={result}
        word={word}
        onChoose={(one) => put({ result: one })}
      />
      <Choice
        label={say('reason')}
        of={decisionReasons}
        value={reason}
        word={word}
        onChoose={(one) => put({ reason: one })}
      />
      {result !== 'approve' ? null : (
        <>
          <Choice
            label={say('limitKind')}
            of={limitKinds}
            value={limit}
            word={(one) => say(`kind_${one}`)}
            onChoose={(one) => put({ limit: one })}
          />
          {limit !== 'share' ? null : (
            <TextInput
              label={say('perMille')}
              value={perMille}
              inputMode="numeric"
              maxLength={5}
              onChange={({ currentTarget: { value } }) => put({ perMille: value })}
            />
          )}
          {limit === 'none' ? null : (
            <TextInput
              label={say('amount')}
              value={amount}
              inputMode="decimal"
              maxLength={16}
              onChange={({ currentTarget: { value } }) => put({ amount: value })}
            />
          )}
        </>
      )}
    </div>
  )
}
