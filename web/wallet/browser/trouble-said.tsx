/** A trouble in the person's words, with what to do about it. */
import { Button } from '@mantine/core'
import { refusalWords, Said, useLanguage, useWords } from '@warifu/web/kit'
import { type Trouble, troubleOf } from './trouble.ts'
import { type Word, words } from './words.ts'

const here: Readonly<Record<string, Word>> = {
  unanswered: 'trouble.unanswered',
  link_invalid: 'trouble.link_invalid',
  order_mismatch: 'trouble.order_mismatch',
  origin_mismatch: 'trouble.origin_mismatch',
  scheme_mismatch: 'trouble.scheme_mismatch',
  key_invalid: 'trouble.key_invalid',
}

/** What a device did or did not, in the words that the platform has for it. */
const byRefusal: Readonly<Record<string, string>> = {
  device_not_near: 'device_not_near',
  device_paired: 'chip_paired',
  device_refused: 'chip_unknown',
  label_wrong: 'chip_unknown',
  certificate_unreadable: 'certificate_unreadable',
}

export function useTroubleWords() {
  const { language } = useLanguage()
  const say = useWords(words)
  return (trouble: Trouble): string => {
    if (trouble.kind === 'refused') return refusalWords(trouble.code, language)
    const refusal = trouble.kind === 'here' ? byRefusal[trouble.code] : undefined
    if (refusal !== undefined) return refusalWords(refusal, language)
    if (trouble.kind === 'here') return say(here[trouble.code] ?? 'trouble.page_fault')
    return say(`trouble.${trouble.kind}`)
  }
}

type Props = { readonly error: unknown; readonly again?: () => void }

export function TroubleSaid({ error, again }: Props) {
  const say = useWords(words)
  const tell = useTroubleWords()
  const trouble = troubleOf(error)
  const tone = trouble.kind === 'refused' || trouble.kind === 'here' ? 'refused' : 'waiting'
  return (
    <Said tone={tone} title={say('trouble.title')} urgent>
      <p>{tell(trouble)}</p>
      {again === undefined ? null : (
        <Button variant="default" size="sm" mt={12} onClick={again}>
          {say('again')}
        </Button>
      )}
    </Said>
  )
}
