/** Applying: the signed request becomes a row; what the app checked before is checked again. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Applicant } from '@warifu/protocol/objects'
import type { Scheme } from '@warifu/protocol/schemes'
import { append, type EventItem } from '#events'
import type { Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import { APPLICATION_MS, type ApplicationView } from './application.ts'
import { decideWhenVerified } from './decision.ts'
import type { Needs } from './needs.ts'
import { type Program, readProgram } from './program.ts'
import { isBirthDate } from './rules.ts'

export type Applying = {
  readonly call: TerminalCall
  readonly program: Id<'prg'>
  readonly scheme: Scheme
  readonly applicant: Applicant
  readonly nowMs: number
}

export const apply = (needs: Needs, applying: Applying): Work<Program, ApplicationView> => ({
  gather: async () => checked(applying, await readProgram(needs.store.sql, applying.program)),
  record: async (tx, program) => {
    const id = needs.mint('app')
    await insert(tx, id, applying)
    const event: EventItem = {
      id: needs.mint('evt'),
      audience: applying.call.cardholder,
      type: 'application.submitted',
      subject: id,
      sequence: 1,
      data: { program: program.id },
    }
    await append(tx, [event], applying.nowMs)
    return done(await decideWhenVerified(needs, tx, { id, nowMs: applying.nowMs }))
  },
})

function checked(
  { applicant, scheme, nowMs }: Applying,
  program: Program | undefined,
): Answer<Program> {
  if (program === undefined || !program.schemes.includes(scheme)) return refused('program_closed')
  if (!isBirthDate(applicant.birth_date, nowMs))
    return refused('field_invalid', 'applicant.birth_date')
  return done(program)
}

async function insert(tx: Tx, id: Id<'app'>, applying: Applying): Promise<void> {
  const { call, program, scheme, applicant, nowMs } = applying
  await tx`
    insert into issuing.application
      (id, cardholder, terminal, counter, program, scheme, facts, state, created_ms, deadline_ms)
    values (${id}, ${call.cardholder}, ${call.terminal}, ${call.counter}, ${program}, ${scheme},
            ${tx.json(applicant)}, 'submitted', ${nowMs}, ${nowMs + APPLICATION_MS})`
}
