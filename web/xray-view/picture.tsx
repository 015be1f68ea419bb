/**
 * An X-ray on a page: it follows the payment while it runs, or goes message by message, by buttons
 * and by arrow keys; and it leaves as a file.
 */
import { Button } from '@mantine/core'
import type { TimelineEntry } from '@warifu/protocol/objects'
import { useLanguage } from '@warifu/web/kit'
import { draw, svgText, type Xray, type XrayWords, xrayOf, xrayWords } from '@warifu/web/xray'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { drawn } from './drawn.tsx'
import { Step } from './step.tsx'
import './xray.css'

type Props = {
  /** The payment's timeline as it stands; where more comes the picture grows. */
  readonly entries: readonly TimelineEntry[]
  /** What the file is called: the payment's id. */
  readonly name: string
}

export function XrayPicture({ entries, name }: Props) {
  const { language } = useLanguage()
  const words = xrayWords(language)
  const xray = useMemo(() => xrayOf(entries), [entries])
  // Null: all of it, and what comes.
  const [at, setAt] = useState<number | null>(null)
  const sheet = useRef<HTMLElement>(null)
  const count = xray.arrows.length
  const go = (to: number | null) =>
    setAt(to === null || count === 0 ? null : Math.max(0, Math.min(to, count - 1)))
  useEffect(() => {
    if (at === null) return
    sheet.current?.querySelector(`[data-hop="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const moves: Readonly<Record<string, () => void>> = {
    ArrowRight: () => go(at === null ? 0 : at + 1),
    ArrowLeft: () => go(at === null ? count - 1 : at - 1),
    Home: () => go(0),
    End: () => go(null),
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    move()
  }
  if (count === 0) return <p className="xray-hint">{words.say('waiting')}</p>
  const arrow = at === null ? undefined : xray.arrows[at]
  const step = arrow === undefined ? {} : { shown: arrow.index + 1, current: arrow.index }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys, wherever within the focus is
    <div className="xray" onKeyDown={onKeyDown}>
      <Tools {...{ at, count, go, xray, words, name }} />
      {arrow === undefined ? null : (
        <Step {...{ arrow, count, words, name }} columns={xray.columns} />
      )}
      <Sheet sheet={sheet} label={`${words.say('title')}: ${name}`}>
        {drawn(draw(xray, { words, ...step }))}
      </Sheet>
    </div>
  )
}

type SheetProps = {
  readonly sheet: RefObject<HTMLElement | null>
  readonly label: string
  readonly children: ReactNode
}

const Sheet = ({ sheet, label, children }: SheetProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
  <section className="xray-sheet" ref={sheet} tabIndex={0} aria-label={label}>
    {children}
  </section>
)

type ToolsProps = {
  readonly at: number | null
  readonly count: number
  readonly go: (to: number | null) => void
  readonly xray: Xray
  readonly words: XrayWords
  readonly name: string
}

function Tools({ at, count, go, xray, words, name }: ToolsProps) {
  const { say } = words
  const button = (label: string, to: number | null, disabled: boolean) => (
    <Button size="compact-sm" variant="default" disabled={disabled} onClick={() => go(to)}>
      {label}
    </Button>
  )
  return (
    <div className="xray-tools">
      {button(say('first'), 0, at === 0)}
      {button(say('before'), at === null ? count - 1 : at - 1, at === 0)}
      {button(say('after'), at === null ? 0 : at + 1, at === count - 1)}
      {button(say('live'), null, at === null)}
      <Button size="compact-sm" variant="subtle" onClick={() => save(xray, words, name)}>
        {say('save')}
      </Button>
      <span className="xray-hint">{say('hint')}</span>
    </div>
  )
}

/** The whole picture as it would be drawn in the docs, for the theme that is worn now. */
function save(xray: Xray, words: XrayWords, name: string): void {
  const isDark = document.documentElement.dataset['mantineColorScheme'] === 'dark'
  const text = svgText(draw(xray, { words }), isDark ? 'dark' : 'light')
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `xray-${name}.svg`
  link.click()
  URL.revokeObjectURL(url)
}
