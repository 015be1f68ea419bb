/** The way in which a card is to be kept: a choice only where its program offers one. */
import { NativeSelect } from '@mantine/core'
import type { Scheme } from '@warifu/protocol/schemes'
import { useWords } from '@warifu/web/kit'
import { words } from './words.ts'

type Choice = {
  readonly offered: readonly Scheme[]
  readonly chosen: Scheme
  readonly choose: (scheme: Scheme) => void
}

/** What applies: what was chosen where it is offered, else what the program names first. */
export const schemeOf = (offered: readonly Scheme[], chosen: Scheme | null): Scheme =>
  offered.find((each) => each === chosen) ?? offered[0] ?? 'double_sealed'

export function SchemeChoice({ offered, chosen, choose }: Choice) {
  const say = useWords(words)
  if (offered.length < 2) return null
  return (
    <NativeSelect
      size="md"
      label={say('scheme.label')}
      description={say(`scheme.${chosen}_more`)}
      value={chosen}
      data={offered.map((value) => ({ value, label: say(`scheme.${value}`) }))}
      onChange={({ currentTarget: { value } }) => {
        const scheme = offered.find((each) => each === value)
        if (scheme !== undefined) choose(scheme)
      }}
    />
  )
}
