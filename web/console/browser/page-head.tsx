/** The name of a page, and what can be done on it. The browser's tab is named the same. */
import { useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect } from 'react'
import { Go } from './route.tsx'
import { shellWords } from './words-shell.ts'

type Props = {
  readonly title: string
  /** Where this was come from: a list. */
  readonly back?: { readonly to: string; readonly name: string }
  readonly children?: ReactNode
}

export function PageHead({ title, back, children }: Props) {
  const say = useWords(shellWords)
  useEffect(() => {
    document.title = `${title} · ${say('console')} · Warifu`
  })
  return (
    <header className="page-head">
      <div>
        {back === undefined ? null : (
          <Go to={back.to} className="page-back">
            ‹ {back.name}
          </Go>
        )}
        <h1>{title}</h1>
      </div>
      <div className="page-acts">{children}</div>
    </header>
  )
}
