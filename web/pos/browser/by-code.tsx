/** The code on the customer's phone, read by the till's camera or typed. */
import { TextInput } from '@mantine/core'
import { readPayCode } from '@warifu/protocol/pay-code'
import { Said, useCamera, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { type Choosing, notYet } from './chosen.ts'
import { words } from './words.ts'

export function ByCode({ choose }: Choosing) {
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
