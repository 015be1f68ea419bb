/** The one choice that every page has in its head: in which language it speaks. */
import { languages } from '@warifu/protocol/language'
import { languageNames } from './language.ts'
import { useLanguage } from './language-provider.tsx'

export function LanguageChoice({ label }: { readonly label: string }) {
  const { language, speak } = useLanguage()
  return (
    <select
      className="field language"
      aria-label={label}
      value={language}
      onChange={({ currentTarget: { value } }) => {
        const chosen = languages.find((one) => one === value)
        if (chosen !== undefined) speak(chosen)
      }}
    >
      {languages.map((code) => (
        <option key={code} value={code} lang={code}>
          {languageNames[code]}
        </option>
      ))}
    </select>
  )
}
