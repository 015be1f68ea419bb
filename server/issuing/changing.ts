/**
 * Other bounds and rules of a card program: asked for by one of the issuer's people, and by
 * another again. They are in force for whatever card is made or changed from then on, and for
 * other cards of the program a batch after another, the first at once: no payment waits until all
 * are told. How far that has come is a row, so any process goes on with it.
 */
import { jcs } from '@warifu/crypto/jcs'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import { askSecond, type Waiting } from '#people'
import type { Tx } from '#store'
import type { Needs } from './needs.ts'
import { type Program, readProgram } from './program.ts'
import type { Rule } from './rules.ts'
import { tellLedger } from './telling.ts'

/** What is not named stays as it is. */
export type ProgramChange = {
  readonly per_transaction?: number
  readonly per_day?: number
  readonly per_month?: number
  readonly signature_only_max?: number
  /** Null: nobody needs a second person for an amount. */
  readonly second_above?: number | null
  readonly renew_days?: number
  readonly over_capture?: number
  readonly force_post?: boolean
  readonly rules?: readonly Rule[]
}
export type Changing = {
  readonly id: Id<'prg'>
  readonly change: ProgramChange
  readonly by: Id<'opr'>
  readonly nowMs: number
}
export type Changed = { readonly program: Program; readonly waiting: Waiting | null }

export const changeProgram = (
  needs: Needs,
  { id, change, by, nowMs }: Changing,
): Promise<Answer<Changed>> =>
  needs.store.transaction(async (tx): Promise<Answer<Changed>> => {
    // Waits for cards that are being made (`holdProgram`), and they for it.
    const [program] = await tx`select id from issuing.program where id = ${id} for update`
    if (program === undefined) return refused('not_found')
    const asked = { id: needs.mint('req'), act: 'program.change', subject: id, by, nowMs }
    const waiting = await askSecond(tx, { ...asked, content: contentOf(change) })
    if (waiting === undefined) await apply(tx, id, change)
    const now = await readProgram(tx, id)
    if (now === undefined) throw new Error('the program is not there')
    return done({ program: now, waiting: waiting ?? null })
  })

type Content = Readonly<Record<string, string | number | null>>

/** As the second person reads it: rules as canonical JSON. */
const contentOf = ({ rules, force_post: isForced, ...rest }: ProgramChange) => ({
  ...rest,
  ...(isForced === undefined ? {} : { force_post: isForced ? 'yes' : 'no' }),
  ...(rules === undefined ? {} : { rules: jcs(rules) }),
})

/** The change that a stored content asks for: `contentOf`, the other way. */
export function changeOf(content: Content): ProgramChange {
  const { rules, force_post: forced, ...rest } = content
  // Written by `contentOf` from the same type.
  return {
    ...rest,
    ...(forced === undefined ? {} : { force_post: forced === 'yes' }),
    ...(typeof rules === 'string' ? { rules: JSON.parse(rules) } : {}),
  }
}

/** What stands today under the names of a content, as `contentOf` would say it. */
export function termsNow(program: Program, content: Content): Content {
  const { overCapture: over_capture, forcePost: force_post, rules, secondAbove } = program
  const now: Content = contentOf({
    per_transaction: Number(program.perTransaction),
    per_day: Number(program.perDay),
    per_month: Number(program.perMonth),
    signature_only_max: Number(program.signatureOnlyMax),
    second_above: secondAbove === null ? null : Number(secondAbove),
    renew_days: program.renewDays,
    over_capture,
    force_post,
    rules,
  })
  return Object.fromEntries(Object.entries(now).filter(([name]) => Object.hasOwn(content, name)))
}

async function apply(tx: Tx, id: Id<'prg'>, change: ProgramChange): Promise<void> {
  const { second_above: above } = change
  const rules = change.rules && tx.json(JSON.parse(JSON.stringify(change.rules)))
  await tx`
    update issuing.program
       set per_transaction = coalesce(${change.per_transaction ?? null}, per_transaction),
           per_day = coalesce(${change.per_day ?? null}, per_day),
           per_month = coalesce(${change.per_month ?? null}, per_month),
           signature_only_max = coalesce(${change.signature_only_max ?? null}, signature_only_max),
           renew_days = coalesce(${change.renew_days ?? null}, renew_days),
           over_capture = coalesce(${change.over_capture ?? null}, over_capture),
           force_post = coalesce(${change.force_post ?? null}, force_post),
           second_above = case when ${above === undefined} then second_above
                          else ${above ?? null}::bigint end,
           rules = coalesce(${rules ?? null}, rules), changed_to = ''
     where id = ${id}`
  await tellCards(tx, id)
}

const BATCH = 500

/**
 * The next of its cards, in their order. The caller holds the program's row; a card is held too, so
 * that its owner's own bounds are those that stand.
 */
async function tellCards(tx: Tx, id: Id<'prg'>): Promise<number> {
  const cards = await tx<{ id: Id<'crd'>; own: ControlsObject | null }[]>`
    select c.id, c.own from issuing.program p
      join issuing.card c on c.program = p.id and c.id > p.changed_to
     where p.id = ${id} and c.state in ('approved', 'provisioned', 'active', 'suspended')
     order by c.id limit ${BATCH} for no key update of c`
  const now = await readProgram(tx, id)
  if (now === undefined) throw new Error('the program is not there')
  await tellLedger(tx, now, cards)
  // Fewer than a batch is not the end: some may have moved while they were waited for.
  await tx`update issuing.program set changed_to = ${cards.at(-1)?.id ?? null} where id = ${id}`
  return cards.length
}

/** Goes on with a change whose program has more cards; answers with how many were told now. */
export async function goOnChanging({ store }: Needs): Promise<number> {
  // Mostly there is none; then one statement is all that it costs.
  const [any] = await store.sql`select 1 from issuing.program where changed_to is not null limit 1`
  if (any === undefined) return 0
  return store.transaction(async (tx) => {
    const [program] = await tx<{ id: Id<'prg'> }[]>`
      select id from issuing.program where changed_to is not null
       order by id limit 1 for no key update skip locked`
    return program === undefined ? 0 : await tellCards(tx, program.id)
  })
}
