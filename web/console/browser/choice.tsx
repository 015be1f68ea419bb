/** One of a few, by the browser's own select. */
import { useId } from 'react'

type Props<C extends string> = {
  readonly label: string
  readonly of: readonly C[]
  readonly value: C
  readonly word: (choice: C) => string
  readonly onChoose: (choice: C) => void
}

export function Choice<C extends string>({ label, of, value, word, onChoose }: Props<C>) {
  const id = useId()
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field"
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = of.find((one) => one === currentTarget.value)
          if (chosen !== undefined) onChoose(chosen)
        }}
      >
        {of.map((one) => (
          <option key={one} value={one}>
            {word(one)}
          </option>
        ))}
      </select>
    </div>
  )
}
