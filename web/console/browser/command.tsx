/**
 * The search box: an id leads to what it names, four digits or a reference to payments, a word to
 * the page of that name. A combobox (ARIA 1.2): arrows choose, Enter goes, Escape closes; `/` or
 * Ctrl-K comes here from anywhere.
 */
import { useWords } from '@warifu/web/kit'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { type Destination, destinationsOf } from './destinations.ts'
import { useSections } from './frame-sections.ts'
import { useRoute } from './route.tsx'
import { shellWords } from './words-shell.ts'

export function Command() {
  const say = useWords(shellWords)
  const { go } = useRoute()
  const sections = useSections()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const list = useId()
  useComingHere(field)
  const places = sections.map(({ name, path }) => ({ path, name: say(name) }))
  const found = destinationsOf(text, places, say)
  const leave = ({ to }: Destination) => {
    setText('')
    setOpen(false)
    field.current?.blur()
    go(to)
  }
  const onKey = (event: KeyboardEvent) => {
    const chosen = found[at]
    if (event.key === 'Escape') setOpen(false)
    else if (event.key === 'Enter' && chosen !== undefined) leave(chosen)
    else if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else return
    event.preventDefault()
  }
  const isShown = isOpen && text !== ''
  return (
    <search className="command">
      <input
        ref={field}
        className="field"
        role="combobox"
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isShown && found.length > 0 ? `${list}-${at}` : undefined}
        aria-label={say('searchHint')}
        placeholder={say('search')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value)
          setAt(0)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKey}
      />
      <Found {...{ list, found, at, leave }} isShown={isShown} />
    </search>
  )
}

type FoundProps = {
  readonly list: string
  readonly found: readonly Destination[]
  readonly at: number
  readonly isShown: boolean
  readonly leave: (chosen: Destination) => void
}

function Found({ list, found, at, isShown, leave }: FoundProps) {
  const say = useWords(shellWords)
  return (
    <div className="command-list" hidden={!isShown}>
      <div id={list} role="listbox" tabIndex={-1} aria-label={say('search')}>
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys (combobox)
          <div
            key={one.to}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => leave(one)}
          >
            {one.name}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="command-none">{say('searchNone')}</p> : null}
    </div>
  )
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select')

function useComingHere(field: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const come = (event: globalThis.KeyboardEvent) => {
      const isCalled =
        (event.key === 'k' && (event.ctrlKey || event.metaKey)) ||
        (event.key === '/' && !isTyping(event.target))
      if (!isCalled) return
      event.preventDefault()
      field.current?.focus()
    }
    addEventListener('keydown', come)
    return () => removeEventListener('keydown', come)
  }, [field])
}
