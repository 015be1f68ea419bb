/** Asked by telephone number: the phone rings, or the card that is kept for it is charged. */
import { TextInput } from '@mantine/core'
import { useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { type Choosing, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { customerIn } from './told.ts'
import type { KnownCustomer } from './wire.ts'
import { words } from './words.ts'

const E164 = /^\+[1-9][0-9]{6,14}$/

/** As a person types it, and as the platform takes it; undefined where it is not whole. */
export function phoneIn(text: string): string | undefined {
  const phone = text.replaceAll(/[\s()-]/g, '')
  return E164.test(phone) ? phone : undefined
}

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export function PhoneField({ label, value, onChange }: FieldProps) {
  const say = useWords(words)
  const isWrong = value.length > 7 && phoneIn(value) === undefined
  return (
    <TextInput
      size="md"
      label={label}
      type="tel"
      autoComplete="off"
      value={value}
      error={isWrong ? say('phoneBad') : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

export function ByPhone({ kind, choose }: Choosing & { readonly kind: 'phone' | 'reader' }) {
  const say = useWords(words)
  const [text, setText] = useState('')
  const [isSaved, setSaved] = useState(false)
  const phone = phoneIn(text)
  const known = useKnown(kind === 'phone' ? (phone ?? null) : null)
  const tell = (number: string | undefined, saved: boolean) => {
    if (number === undefined) return choose(notYet)
    choose({ pay: { kind: saved ? 'saved' : kind, phone: number }, isMissing: false })
  }
  return (
    <>
      <PhoneField
        label={say('phoneLabel')}
        value={text}
        onChange={(value) => {
          setText(value)
          setSaved(false)
          tell(phoneIn(value), false)
        }}
      />
      {known === null ? null : (
        <label className="pay-saved">
          <input
            type="checkbox"
            checked={isSaved}
            onChange={({ currentTarget: { checked } }) => {
              setSaved(checked)
              tell(phone, checked)
            }}
          />
          {say('savedCard', { last4: known.last4 })}
        </label>
      )}
    </>
  )
}

/** What is kept of the customer with this number. */
function useKnown(phone: string | null): KnownCustomer | null {
  const { get } = useGround()
  const [found, setFound] = useState<{ phone: string; known: KnownCustomer } | null>(null)
  useEffect(() => {
    if (phone === null) return
    let isGone = false
    get(`/api/customers/${encodeURIComponent(phone)}`).then(
      (told) => {
        if (!isGone) setFound({ phone, known: customerIn(told) })
      },
      () => undefined, // nobody is known by it, or nobody answers: then they are rung
    )
    return () => {
      isGone = true
    }
  }, [get, phone])
  return found !== null && found.phone === phone ? found.known : null
}
