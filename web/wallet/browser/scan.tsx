/** Scanning the till's code, or typing its link. */
import { Button, TextInput } from '@mantine/core'
import { Said, useCamera, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { go } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function ScanView() {
  const say = useWords(words)
  const take = useTaking()
  const [isOther, setOther] = useState(false)
  const { video, isDenied } = useCamera((text) => setOther(!take(text)))
  return (
    <section className="view">
      <h1>{say('scan.title')}</h1>
      {isDenied ? (
        <Said tone="waiting" title={say('scan.denied')}>
          {say('scan.denied_more')}
        </Said>
      ) : (
        <>
          <p className="lead">{say('scan.lead')}</p>
          <div className="scan">
            <video ref={video} muted playsInline aria-label={say('scan.picture')} />
          </div>
        </>
      )}
      {isOther ? <Said tone="refused" title={say('scan.other')} urgent /> : null}
      <LinkForm take={(text) => setOther(!take(text))} />
    </section>
  )
}

/** A link of this wallet becomes the payment in hand; anything else is refused. */
function useTaking(): (text: string) => boolean {
  const { origin, pending } = useWorld()
  return (text) => {
    const url = URL.parse(text)
    if (url?.origin !== origin || url.pathname !== '/pay' || url.hash.length < 2) return false
    void pending.take({ link: url.href, claim: null, ending: null }).then(() => go('/pay'))
    return true
  }
}

function LinkForm({ take }: { readonly take: (text: string) => void }) {
  const say = useWords(words)
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    take(text.trim())
  }
  return (
    <form className="link-form" onSubmit={submit}>
      <TextInput
        size="md"
        label={say('scan.link')}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="md" disabled={text.trim() === ''}>
        {say('scan.go')}
      </Button>
    </form>
  )
}
