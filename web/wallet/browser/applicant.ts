/** What an applicant writes, read as people write it, and brought into the form of the wire. */
import { exponentOf } from '@warifu/protocol/money'
import type { Applicant } from '@warifu/protocol/objects'
import type { ApplyingWord } from './words-applying.ts'

export type Fields = {
  readonly program: string
  readonly name: string
  readonly birth: string
  readonly income: string
  readonly employment: Applicant['employment']
}

export const employments = ['employed', 'self_employed', 'student', 'retired', 'none'] as const
export const isEmployment = (text: string): text is Applicant['employment'] =>
  employments.some((each) => each === text)

export type Faults = Partial<Record<'name' | 'birth' | 'income', ApplyingWord>>

export function faultsOf({ name, birth, income }: Fields): Faults {
  return {
    ...(name.trim() === '' ? { name: 'apply.missing' } : {}),
    ...(/^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(birth) ? {} : { birth: 'apply.birth_form' }),
    ...(/^[0-9]{1,9}$/.test(income.replace(/[,\s]/g, '')) ? {} : { income: 'apply.income_form' }),
  }
}

export const applicantOf = (fields: Fields, currency: string): Applicant => ({
  name: fields.name.trim(),
  birth_date: fields.birth,
  annual_income: Number(fields.income.replace(/[,\s]/g, '')) * 10 ** exponentOf(currency),
  employment: fields.employment,
})

export const blankFields: Fields = {
  program: '',
  name: '',
  birth: '',
  income: '',
  employment: 'employed',
}

/** As people write it, to E.164; undefined where it is none. */
export function phoneOf(text: string): string | undefined {
  const digits = text.replace(/[\s().‐-―-]/g, '')
  return /^\+[1-9][0-9]{6,14}$/.test(digits) ? digits : undefined
}
