/** How the customer is asked: by the link on this screen, by the code on their phone, by number. */
import { TextInput } from '@mantine/core'
import { readPayCode } from '@warifu/protocol/pay-code'
import { Said, useCamera, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { byLink, type Chosen, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { Nearby } from './nearby.tsx'
import { customerIn } from './told.ts'
import type { KnownCustomer, PayWay } from './wire.ts'
import { words } from './words.ts'
import './pay.css'

export const wayIn = ({ pay }: Chosen): { readonly pay?: PayWay } =>
  pay === undefined ? {} : { pay }

const kinds = [
  ['link', 'payLink'],
  ['code', 'payCode'],
  ['phone', 'payPhone'],
  ['reader', 'payReader'],
  ['beacon', 'payNearby'],
] as const
type Kind = (typeof kinds)[number][0]

export function PayChoice({ choose }: { readonly choose: (chosen: Chosen) => void }) {
  const say = useWords(words)
  const [kind, setKind] = useState<Kind>('link')
  const pick = (one: Kind) => {
    setKind(one)
    choose(one === 'link' ? byLink : notYet)
  }
  return (
    <div className="pay-choice">
      <fieldset className="pay-kinds">
        <legend>{say('payHow')}</legend>
        {kinds.map(([one, word]) => (
          <label key={one}>
            <input type="radio" name="pay" checked={kind === one} onChange={() => pick(one)} />
            {say(word)}
          </label>
        ))}
      </fieldset>
      {kind === 'code' ? <ByCode choose={choose} /> : null}
      {kind === 'phone' || kind === 'reader' ? (
        <ByPhone key={kind} kind={kind} choose={choose} />
      ) : null}
      {kind === 'beacon' ? <Nearby choose={choose} /> : null}
    </div>
  )
}

type Props = { readonly choose: (chosen: Chosen) => void }

function ByCode({ choose }: Props) {
  const say = useWords(words)
  const [text, setText] = useState('')
  const code = readPayCode(text)
  const take = (read: string) => {
    setText(read)
    const found = readPayCode(read)
    choose(found === undefined ? notYet : { pay: { kind: 'code', code: found }, isMissing: false })
  }
  // The till's own link may hang in the picture: only a code of a phone is one.
  const { video, isDenied } = useCamera((read) => {
    if (readPayCode(read) !== undefined) take(read)
  })
  return (
    <>
      <p className="hint">{say(isDenied ? 'noCamera' : 'codeHint')}</p>
      {isDenied ? null : (
        <video className="till-camera" ref={video} muted playsInline aria-label={say('camera')} />
      )}
      <TextInput
        size="md"
        label={say('codeLabel')}
        autoComplete="off"
        value={text}
        error={text.trim().length >= 26 && code === undefined ? say('codeBad') : undefined}
        onChange={(event) => take(event.currentTarget.value)}
      />
      {code === undefined ? null : <Said tone="arrived" title={say('codeRead')} />}
    </>
  )
}

const E164 = /^\+[1-9][0-9]{6,14}$/

function ByPhone({ kind, choose }: Props & { readonly kind: 'phone' | 'reader' }) {
  const say = useWords(words)
  const [text, setText] = useState('')
  const [isSaved, setSaved] = useState(false)
  const phone = text.replaceAll(/[\s()-]/g, '')
  const isWhole = E164.test(phone)
  const known = useKnown(isWhole && kind === 'phone' ? phone : null)
  const tell = (number: string, saved: boolean) => {
    if (!E164.test(number)) return choose(notYet)
    choose({ pay: { kind: saved ? 'saved' : kind, phone: number }, isMissing: false })
  }
  return (
    <>
      <TextInput
        size="md"
        label={say('phoneLabel')}
        type="tel"
        autoComplete="off"
        value={text}
        error={text.length > 7 && !isWhole ? say('phoneBad') : undefined}
        onChange={({ currentTarget: { value } }) => {
          setText(value)
          setSaved(false)
          tell(value.replaceAll(/[\s()-]/g, ''), false)
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
