/** One condition of a rule: a number below or from a bound on, or one of a few words. */
import { Button, TextInput } from '@mantine/core'
import { useWords } from '@warifu/web/kit'
import { Choice } from './choice.tsx'
import { type ConditionDraft, choicesOf, comparisons, facts } from './rule-draft.ts'
import { useStateWord } from './states.tsx'
import { ruleWords } from './words-rules.ts'

type Props = {
  readonly name: string
  readonly draft: ConditionDraft
  readonly onChange: (draft: ConditionDraft) => void
  readonly onDrop: () => void
}

export function ConditionFields({ name, draft, onChange, onDrop }: Props) {
  const say = useWords(ruleWords)
  const { fact, how, value } = draft
  const put = (change: Partial<ConditionDraft>) => onChange({ ...draft, ...change })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset within a fieldset draws two frames
    <div role="group" aria-label={name} className="rule-line">
      <Choice
        label={say('fact')}
        of={facts}
        value={fact}
        word={say}
        onChoose={(one) => put({ fact: one, value: '', among: [] })}
      />
      {choicesOf(fact) === undefined ? (
        <>
          <Choice
            label={say('comparison')}
            of={comparisons}
            value={how}
            word={say}
            onChoose={(one) => put({ how: one })}
          />
          <TextInput
            label={say('value')}
            value={value}
            inputMode="decimal"
            maxLength={16}
            onChange={({ currentTarget }) => put({ value: currentTarget.value })}
          />
        </>
      ) : (
        <Among draft={draft} onChange={onChange} />
      )}
      <Button variant="default" onClick={onDrop}>
        {say('dropCondition')}
      </Button>
    </div>
  )
}

function Among({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const word = useStateWord()
  const { fact, among } = draft
  return (
    <ul className="plain-list">
      {(choicesOf(fact) ?? []).map((one) => (
        <li key={one}>
          <label className="check">
            <input
              type="checkbox"
              checked={among.includes(one)}
              onChange={({ currentTarget: { checked } }) =>
                onChange({
                  ...draft,
                  among: checked ? [...among, one] : among.filter((other) => other !== one),
                })
              }
            />
            {word(one)}
          </label>
        </li>
      ))}
    </ul>
  )
}
