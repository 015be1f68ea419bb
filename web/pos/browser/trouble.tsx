/** What went wrong, in the person's language, and what is true all the same. */
import { Said, useLanguage, useWords } from '@warifu/web/kit'
import { reasonOf } from './reasons.ts'
import type { Problem } from './use-act.ts'
import { words } from './words.ts'

export function Trouble({ problem }: { readonly problem: Problem | null }) {
  const say = useWords(words)
  const { language } = useLanguage()
  if (problem === null) return null
  if (problem.code === 'connection_cut')
    return (
      <Said tone="waiting" title={say('cutTitle')} urgent>
        {say('cut')}
      </Said>
    )
  return (
    <Said tone="refused" title={say('problemTitle')} urgent>
      {problem.code === 'field_invalid' ? problem.message : reasonOf(problem.code, language)}
    </Said>
  )
}
