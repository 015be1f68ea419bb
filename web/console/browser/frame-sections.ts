/** The sections that this person may see. */
import { type Section, sections } from './sections.ts'
import { useSession } from './session.tsx'

export function useSections(): readonly Section[] {
  const { first } = useSession()
  return sections.filter(({ reads }) => reads.length === 0 || first(reads) !== undefined)
}
