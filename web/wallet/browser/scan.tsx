/** Scanning the till's code: the camera's picture is read in this page and goes nowhere else. */
import { Button, TextInput } from '@mantine/core'
import { Said, useClock, useWords } from '@warifu/web/kit'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { go } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

const LOOK_MS = 150

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
    void pending.save({ link: url.href, claim: null, ending: null }).then(() => go('/pay'))
    return true
  }
}

/** Films while the view is open, and looks for a code in each picture. */
function useCamera(found: (text: string) => void) {
  const clock = useClock()
  const video = useRef<HTMLVideoElement>(null)
  const [isDenied, setDenied] = useState(false)
  const tell = useRef(found)
  tell.current = found
  useEffect(() => {
    const closing = new AbortController()
    const look = (text: string) => tell.current(text)
    film({ element: video.current, every: clock.every, look, signal: closing.signal }).catch(() =>
      setDenied(true),
    )
    return () => closing.abort()
  }, [clock])
  return { video, isDenied }
}

type Film = {
  readonly element: HTMLVideoElement | null
  readonly every: (ms: number, work: () => void) => () => void
  readonly look: (text: string) => void
  readonly signal: AbortSignal
}

async function film({ element, every, look, signal }: Film): Promise<void> {
  // Loaded when somebody scans: the page opens without it.
  // It is CommonJS that names its function `default` once more.
  const readCode = (await import('jsqr')).default.default
  const camera = { video: { facingMode: 'environment', width: { ideal: 640 } } }
  const stream = await navigator.mediaDevices.getUserMedia(camera)
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  if (signal.aborted || element === null) return stop()
  element.srcObject = stream
  await element.play()
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  let last = ''
  const rest = every(LOOK_MS, () => {
    const [width, height] = [element.videoWidth, element.videoHeight]
    if (canvas === null || width === 0) return
    canvas.canvas.width = width
    canvas.canvas.height = height
    canvas.drawImage(element, 0, 0)
    const text = readCode(canvas.getImageData(0, 0, width, height).data, width, height)?.data ?? ''
    if (text !== '' && text !== last) look(text)
    last = text
  })
  signal.addEventListener('abort', () => {
    rest()
    stop()
  })
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
