/** The two digits that the till shows: typed, or picked among three. They are part of the yes. */
import { TextInput } from '@mantine/core'
import type { Question } from '@warifu/devices/terminal'
import { useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { askedWords } from './words-asked.ts'

type Props = {
  readonly asked: Question['number']
  readonly entered: string | null
  readonly enter: (number: string | null) => void
  readonly isFixed: boolean
}

export function NumberField({ asked, entered, enter, isFixed }: Props) {
  const ask = useWords(askedWords)
  if (asked === null) return null
  if (asked.ask === 'enter') return <Enter enter={enter} isFixed={isFixed} />
  return (
    <fieldset className="choice asked-pick" disabled={isFixed}>
      <legend>{ask('asked.number')}</legend>
      {asked.choices.map((choice) => (
        <label key={choice} className="choice-one">
          <input
            type="radio"
            name="number"
            checked={choice === entered}
            onChange={() => enter(choice)}
          />
          {choice}
        </label>
      ))}
    </fieldset>
  )
}

const TWO_DIGITS = /^[0-9]{2}$/

function Enter({ enter, isFixed }: Pick<Props, 'enter' | 'isFixed'>) {
  const ask = useWords(askedWords)
  const [text, setText] = useState('')
  return (
    <TextInput
      className="asked-number"
      size="lg"
      label={ask('asked.number')}
      description={ask('asked.number_more')}
      inputMode="numeric"
      autoComplete="off"
      maxLength={2}
      disabled={isFixed}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value)
        enter(TWO_DIGITS.test(value) ? value : null)
      }}
    />
  )
}
