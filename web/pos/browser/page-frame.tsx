/** What stands around every view: the mark, the name, the language, and what is wrong right now. */
import { LanguageChoice, Mark, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect } from 'react'
import { words } from './words.ts'

type Props = {
  readonly title: 'till' | 'shop'
  readonly nav?: ReactNode
  readonly children: ReactNode
}

export function PageFrame({ title, nav, children }: Props) {
  const say = useWords(words)
  useEffect(() => {
    document.title = `${say(title)} · Warifu`
  })
  return (
    <div className="frame">
      <header className="frame-head">
        <span className="brand">
          <Mark size={32} />
          <span className="brand-name">{say(title)}</span>
        </span>
        {nav}
        <LanguageChoice label={say('language')} />
      </header>
      <main className="frame-main">{children}</main>
    </div>
  )
}
