/**
 * How an operation runs, whichever it is: the input must fit its closed schema before anything
 * looks at it, and the answer must fit its own before it leaves or is kept. `pure` operations
 * decide a batch together; `stored` ones go through `once`, each in a transaction of its own.
 */
import type {
  VaultInput,
  VaultOperation,
  VaultOperations,
  VaultOutput,
} from '@warifu/protocol/vault'
import { type VaultRefusal, vaultOperations } from '@warifu/protocol/vault'
import { Compile } from 'typebox/compile'
import type { AuditEntry, Reference } from './audit.ts'
import { describeFault } from './log.ts'
import { type Kept, once } from './once.ts'
import type { Sql } from './store.ts'
import type { Answer, World } from './world.ts'

/** An answer before it has a call's id. */
export type Outcome =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly refusal: VaultRefusal }
  | { readonly ok: false; readonly fault: 'vault_unavailable' }

export type Operation<O extends VaultOperation> = {
  readonly name: O
  readonly run: (world: World, inputs: readonly unknown[]) => Promise<readonly Outcome[]>
}

type Kind<K extends 'pure' | 'stored'> = {
  [O in VaultOperation]: VaultOperations[O]['idempotent'] extends K ? O : never
}[VaultOperation]

/** Whom a call was about: ids only, never a number. Left out, the call is not audited. */
type Refer<O extends VaultOperation> = (input: VaultInput<O>, answer: Answer<O>) => Reference

export type PureRow<O extends VaultOperation> = {
  readonly decide: (
    world: World,
    sql: Sql,
    inputs: readonly VaultInput<O>[],
  ) => Promise<readonly Answer<O>[]>
  readonly refer?: Refer<O>
  /** It changes a row, so effect and audit commit together. */
  readonly changes?: true
}

export type StoredRow<O extends VaultOperation> = {
  readonly decide: (world: World, sql: Sql, input: VaultInput<O>) => Promise<Answer<O>>
  readonly refer: Refer<O>
  /** The time of the call is no part of what it asks, so that a later retry is the same call. */
  readonly timeless?: true
  /** Makes the value again, where it must not be kept in clear. */
  readonly restore?: (world: World, input: VaultInput<O>) => VaultOutput<O>
}

export function pure<O extends Kind<'pure'>>(name: O, row: PureRow<O>): Operation<O> {
  const shape = shapesOf(name)
  const decide = async (world: World, sql: Sql, inputs: readonly VaultInput<O>[]) => {
    const answers = (await row.decide(world, sql, inputs)).map(shape.checked)
    const { refer } = row
    if (refer !== undefined)
      await world.audit.append(
        sql,
        inputs.map((input, i) => entryOf(name, refer(input, at(answers, i)), at(answers, i))),
      )
    return answers.map(outcomeOf)
  }
  const attempt = async (world: World, inputs: readonly VaultInput<O>[]): Promise<Outcome[]> => {
    try {
      return row.changes === true
        ? await world.store.begin((sql) => decide(world, sql, inputs))
        : await decide(world, world.store, inputs)
    } catch (error) {
      // One call must not take its neighbours in the frame down with it.
      if (inputs.length === 1) return [faultOf(world, name, error)]
      return (await Promise.all(inputs.map((input) => attempt(world, [input])))).flat()
    }
  }
  return {
    name,
    run: (world, inputs) => runValid(inputs, shape.read, (all) => attempt(world, all)),
  }
}

export function stored<O extends Kind<'stored'>>(name: O, row: StoredRow<O>): Operation<O> {
  const shape = shapesOf(name)
  const attempt = async (world: World, input: VaultInput<O>): Promise<Outcome> => {
    const { now: _, ...timeless } = { now: undefined, ...input }
    const call = { operation: name, input: row.timeless === true ? timeless : input }
    try {
      const kept = await once(world, call, {
        first: async (sql) => {
          const answer = shape.checked(await row.decide(world, sql, input))
          return answer.ok && row.restore !== undefined ? { ok: true } : answer
        },
        record: (sql, made) => {
          const answer = answerOf(made, () => row.restore?.(world, input))
          return world.audit.append(sql, [entryOf(name, row.refer(input, answer), answer)])
        },
      })
      return outcomeOf(answerOf(kept, () => row.restore?.(world, input)))
    } catch (error) {
      return faultOf(world, name, error)
    }
  }
  const answerOf = (kept: Kept, restore: () => VaultOutput<O> | undefined): Answer<O> =>
    shape.checked(kept.ok ? { ok: true, value: kept.value ?? restore() } : kept)
  return {
    name,
    run: (world, inputs) =>
      runValid(inputs, shape.read, (all) => Promise.all(all.map((i) => attempt(world, i)))),
  }
}

type Shapes<O extends VaultOperation> = {
  readonly read: (input: unknown) => VaultInput<O> | undefined
  readonly checked: (answer: Kept) => Answer<O>
}

/** The two shapes of an operation, compiled once. The casts stand right behind their checks. */
function shapesOf<O extends VaultOperation>(name: O): Shapes<O> {
  const { input, output, refuses } = vaultOperations[name]
  const inputShape = Compile(input)
  const outputShape = Compile(output)
  const words: readonly string[] = refuses
  return {
    read: (value) => (inputShape.Check(value) ? (value as VaultInput<O>) : undefined),
    checked: (answer) => {
      const fits = answer.ok ? outputShape.Check(answer.value) : words.includes(answer.refusal)
      if (!fits) throw new Error(`${name}: an answer outside its schema`)
      return answer as Answer<O>
    },
  }
}

/** Runs what is well formed and puts the answers back in the order of the calls. */
async function runValid<T>(
  inputs: readonly unknown[],
  read: (input: unknown) => T | undefined,
  run: (valid: readonly T[]) => Promise<readonly Outcome[]>,
): Promise<Outcome[]> {
  const values = inputs.map(read)
  const valid = values.filter((value) => value !== undefined)
  const outcomes = valid.length === 0 ? [] : await run(valid)
  let next = 0
  return values.map((value) =>
    value === undefined ? { ok: false, refusal: 'request_malformed' } : at(outcomes, next++),
  )
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new Error('fewer answers than calls')
  return item
}

const outcomeOf = <O extends VaultOperation>(answer: Answer<O>): Outcome =>
  answer.ok ? { ok: true, output: answer.value } : answer

const entryOf = <O extends VaultOperation>(
  operation: O,
  reference: Reference,
  answer: Answer<O>,
): AuditEntry => ({ operation, ...reference, result: answer.ok ? 'ok' : answer.refusal })

function faultOf(world: World, operation: VaultOperation, error: unknown): Outcome {
  world.log('error', { event: 'fault', operation, ...describeFault(error) })
  return { ok: false, fault: 'vault_unavailable' }
}
