/** Step 1: who applies. Checked here for form only; the decision is the issuer's. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { Scheme } from '@warifu/protocol/schemes'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { act } from './acting.ts'
import {
  applicantOf,
  blankFields,
  employments,
  type Faults,
  type Fields,
  faultsOf,
  isEmployment,
} from './applicant.ts'
import { type Program, usePrograms, useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { SchemeChoice, schemeOf } from './scheme-choice.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { applyingWords as words } from './words-applying.ts'
import { useWorld } from './world.tsx'

export function ApplyForm({ onApplied }: { readonly onApplied: () => void }) {
  const say = useWords(words)
  const { data: state } = useTerminalState()
  const { data: programs = [], error } = usePrograms()
  const [fields, setFields] = useState<Fields>({ ...blankFields, name: state?.name ?? '' })
  const [faults, setFaults] = useState<Faults>({})
  const [wanted, setWanted] = useState<Scheme | null>(null)
  const program = programs.find(({ id }) => id === fields.program) ?? programs[0]
  const scheme = schemeOf(program?.schemes ?? [], wanted)
  const { begin, runs, error: trouble } = useApplying(onApplied)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = faultsOf(fields)
    setFaults(found)
    if (Object.keys(found).length === 0 && program !== undefined) begin({ fields, program, scheme })
  }
  const tell = (name: keyof Faults) => (faults[name] === undefined ? null : say(faults[name]))
  const set = (change: Partial<Fields>) => setFields({ ...fields, ...change })
  return (
    <form className="view" onSubmit={submit} noValidate>
      <p className="quiet">{say('apply.step', { step: '1' })}</p>
      <h1>{say('apply.another')}</h1>
      <ProgramChoice programs={programs} choose={(id) => set({ program: id })} />
      <SchemeChoice offered={program?.schemes ?? []} chosen={scheme} choose={setWanted} />
      <TextInput
        size="md"
        label={say('apply.name')}
        autoComplete="name"
        maxLength={80}
        value={fields.name}
        error={tell('name')}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TextInput
        size="md"
        type="date"
        label={say('apply.birth')}
        autoComplete="bday"
        value={fields.birth}
        error={tell('birth')}
        onChange={(event) => set({ birth: event.currentTarget.value })}
      />
      <TextInput
        size="md"
        inputMode="numeric"
        label={`${say('apply.income')} (${(program?.currency ?? '').toUpperCase()})`}
        value={fields.income}
        error={tell('income')}
        onChange={(event) => set({ income: event.currentTarget.value })}
      />
      <NativeSelect
        size="md"
        label={say('apply.employment')}
        value={fields.employment}
        data={employments.map((value) => ({ value, label: say(`apply.${value}`) }))}
        onChange={({ currentTarget: { value } }) =>
          isEmployment(value) ? set({ employment: value }) : undefined
        }
      />
      {error === null ? null : <TroubleSaid error={error} />}
      {trouble === null ? null : <TroubleSaid error={trouble} />}
      <div className="acts">
        <Button type="submit" size="lg" fullWidth loading={runs} disabled={program === undefined}>
          {say('apply.go')}
        </Button>
      </div>
    </form>
  )
}

type Choice = {
  readonly programs: readonly Program[]
  readonly choose: (id: string) => void
}

/** Shown as a choice only where there is one. */
function ProgramChoice({ programs, choose }: Choice) {
  const say = useWords(words)
  const [only] = programs
  if (only === undefined) return null
  if (programs.length === 1) return <p className="lead">{only.name}</p>
  return (
    <NativeSelect
      size="md"
      label={say('apply.program')}
      data={programs.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  )
}

function useApplying(onApplied: () => void) {
  const world = useWorld()
  type Asked = { readonly fields: Fields; readonly program: Program; readonly scheme: Scheme }
  return useDoing(async ({ fields, program, scheme }: Asked) => {
    const applicant = applicantOf(fields, program.currency)
    await act(world, () => world.terminal.apply(program.id, applicant, scheme))
    onApplied()
  })
}
