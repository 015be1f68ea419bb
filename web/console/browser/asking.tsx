/**
 * A form of a few fields behind one act: read into what the API wants, sent, and told what came of
 * it, be it that a second person must agree. Sent again after a cut line, it is done once.
 */
import { Button, TextInput } from '@mantine/core'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAsking } from './act.tsx'
import { Choice } from './choice.tsx'
import { useStateWord } from './states.tsx'
import { cardWords } from './words-cards.ts'

export type Asked = Readonly<Record<string, string>>
export type AskedField = {
  readonly name: string
  readonly label: string
  readonly value?: string
  readonly hint?: string
  readonly most?: number
  readonly isNumber?: boolean
  /** One of these words of the API’s, in place of a text. */
  readonly choices?: readonly string[]
}

type Props<B> = {
  readonly fields: readonly AskedField[]
  /** What the button says. */
  readonly act: string
  readonly lead?: string
  readonly isDangerous?: boolean
  /** Undefined: something is missing yet, or is no amount. */
  readonly bodyOf: (asked: Asked) => B | undefined
  /** Answers with what waits for a second person, if it does. */
  readonly send: (body: B, once: string) => Promise<{ readonly waiting?: unknown }>
  readonly onDone: () => void
}

export function AskForm<B>(props: Props<B>) {
  const { fields, act, lead, isDangerous = false, bodyOf, send, onDone } = props
  const say = useWords(cardWords)
  const { stale, keyFor, isBusy, fault, run } = useAsking()
  const [asked, setAsked] = useState<Asked>(() =>
    Object.fromEntries(fields.map(({ name, value = '' }) => [name, value])),
  )
  const [isWaiting, setWaiting] = useState(false)
  const body = bodyOf(asked)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (body === undefined) return
    void run(async () => {
      const { waiting } = await send(body, keyFor(body))
      await stale()
      if (waiting === null || waiting === undefined) onDone()
      else setWaiting(true)
    })
  }
  if (isWaiting) return <Said tone="waiting" title={say('waitsForSecond')} />
  return (
    <form className="dialog-form" onSubmit={submit}>
      {lead === undefined ? null : <p>{lead}</p>}
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={asked[field.name] ?? ''}
          onChange={(value) => setAsked({ ...asked, [field.name]: value })}
        />
      ))}
      <Fault fault={fault} />
      <Button
        type="submit"
        color={isDangerous ? 'crimson' : 'indigo'}
        loading={isBusy}
        disabled={body === undefined}
      >
        {act}
      </Button>
    </form>
  )
}

type FieldProps = {
  readonly field: AskedField
  readonly value: string
  readonly onChange: (value: string) => void
}

function Field({ field, value, onChange }: FieldProps) {
  const { label, hint, most = 64, isNumber = false, choices } = field
  const word = useStateWord()
  if (choices !== undefined)
    return <Choice label={label} of={choices} word={word} value={value} onChoose={onChange} />
  return (
    <TextInput
      label={label}
      description={hint}
      value={value}
      maxLength={most}
      inputMode={isNumber ? 'decimal' : 'text'}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}
