/** A card that is kept for a customer: found by their number, or by its last four digits. */
import { TextInput } from '@mantine/core'
import { Said, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { type Choosing, notYet } from './chosen.ts'
import { useSaved } from './use-saved.ts'
import type { SavedCard } from './wire.ts'
import { words } from './words.ts'

const MOST = 8

/** Those of which number or digits have what is looked for. */
export const matching = (saved: readonly SavedCard[], text: string): readonly SavedCard[] => {
  const wanted = text.replaceAll(/[\s()-]/g, '')
  return saved.filter(({ phone, last4 }) => phone.includes(wanted) || last4.includes(wanted))
}

export function BySaved({ choose, given }: Choosing & { readonly given: string | undefined }) {
  const say = useWords(words)
  const { saved } = useSaved()
  const [text, setText] = useState('')
  const [picked, setPicked] = useState(given)
  const isThere = saved?.some(({ phone }) => phone === picked) === true
  useEffect(() => {
    const isWhole = picked !== undefined && isThere
    choose(isWhole ? { pay: { kind: 'saved', phone: picked }, isMissing: false } : notYet)
  }, [choose, picked, isThere])
  if (saved === null) return null
  if (saved.length === 0)
    return (
      <Said tone="plain" title={say('savedNone')}>
        {say('savedNoneMore')}
      </Said>
    )
  const shown = matching(saved, text).slice(0, MOST)
  const first = saved.filter(
    ({ phone }) => phone === picked && !shown.some((s) => s.phone === phone),
  )
  return (
    <>
      {saved.length > MOST ? (
        <TextInput
          size="md"
          label={say('savedFind')}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : null}
      <fieldset className="pay-kinds">
        <legend>{say('savedCards')}</legend>
        {[...first, ...shown].map(({ phone, last4 }) => (
          <label key={phone}>
            <input
              type="radio"
              name="saved"
              checked={phone === picked}
              onChange={() => setPicked(phone)}
            />
            {say('savedPick', { phone, last4 })}
          </label>
        ))}
      </fieldset>
    </>
  )
}
