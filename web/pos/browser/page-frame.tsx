/** What stands around every view: the mark, the name, the language, and what is wrong right now. */
import { Mark, useLanguage, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect } from 'react'
import { words } from './words.ts'

const names = { en: 'English', ja: '日本語', ko: '한국어' } as const

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
        <LanguageChoice />
      </header>
      <main className="frame-main">{children}</main>
    </div>
  )
}

function LanguageChoice() {
  const say = useWords(words)
  const { language, speak } = useLanguage()
  return (
    <select
      className="language"
      aria-label={say('language')}
      value={language}
      onChange={({ currentTarget: { value } }) => {
        if (value === 'en' || value === 'ja' || value === 'ko') speak(value)
      }}
    >
      {Object.entries(names).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  )
}
