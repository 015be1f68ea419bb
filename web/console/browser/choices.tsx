/** What everybody may choose: the language, light or dark. Kept for next time. */
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { LanguageChoice, useWords } from '@warifu/web/kit'
import { shellWords } from './words-shell.ts'

export function Choices() {
  const say = useWords(shellWords)
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (
    <div className="choices">
      <LanguageChoice label={say('language')} />
      <button
        type="button"
        className="plain-button"
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {say(isDark ? 'toLight' : 'toDark')}
      </button>
    </div>
  )
}
