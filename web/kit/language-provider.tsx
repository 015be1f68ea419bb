/** The person's language: told to the page, to screen readers, and kept for next time. */

import type { Language } from '@warifu/protocol/language'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { chooseLanguage, fill, type Words } from './language.ts'

type Spoken = { readonly language: Language; readonly speak: (language: Language) => void }

const Context = createContext<Spoken>({ language: 'en', speak: () => undefined })
const KEPT = 'warifu-language'

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    chooseLanguage(localStorage.getItem(KEPT), navigator.languages),
  )
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  // Chosen in another tab of this page: all tabs speak it.
  useEffect(() => {
    const follow = ({ key, newValue }: StorageEvent) => {
      if (key === KEPT) setLanguage(chooseLanguage(newValue, navigator.languages))
    }
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])
  const spoken = useMemo(() => {
    const speak = (chosen: Language) => {
      localStorage.setItem(KEPT, chosen)
      setLanguage(chosen)
    }
    return { language, speak }
  }, [language])
  return <Context value={spoken}>{children}</Context>
}

export const useLanguage = (): Spoken => useContext(Context)

/** `say('pay.asks', { shop })` in the person's language. */
export function useWords<K extends string>(words: Words<K>) {
  const { language } = useLanguage()
  return (name: K, values: Readonly<Record<string, string>> = {}): string =>
    fill(words[language][name], values)
}
