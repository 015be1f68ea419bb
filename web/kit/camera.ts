/** A camera that looks for QR codes: its picture is read in this page and goes nowhere else. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useClock } from './clock.tsx'

const LOOK_MS = 150

type Camera = { readonly video: RefObject<HTMLVideoElement | null>; readonly isDenied: boolean }

/** Films while the view is open, and looks for a code in each picture. */
export function useCamera(found: (text: string) => void): Camera {
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
