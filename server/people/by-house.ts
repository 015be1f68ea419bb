/**
 * Acts by who runs the house, from a shell beside its database: what they have in common. Each is
 * written to the record, as what people do at the console is.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { LoggedAct } from './act-log.ts'

/** What was typed is not what the act takes. Exit code 2. */
export class Misunderstood extends Error {}

export type ByHouse = {
  /** The act's name, such as `people.add`. */
  readonly what: string
  readonly subject: string
  readonly words: readonly string[]
  readonly nowMs: number
}

export const recordByHouse = ({ what, subject, words, nowMs }: ByHouse): LoggedAct => ({
  who: 'house',
  name: 'house',
  what,
  subject,
  digest: toBase64url(createHash('sha256').update(words.join('\0')).digest()),
  request: '',
  outcome: 'done',
  at_ms: nowMs,
})

/** What is said of a fault, and the exit code that goes with it. */
export function faultByHouse(fault: unknown): { readonly said: string; readonly exitCode: 1 | 2 } {
  const why = fault instanceof Error ? fault.message : 'unknown fault'
  return fault instanceof Misunderstood
    ? { said: why, exitCode: 2 }
    : { said: `This failed: ${why}`, exitCode: 1 }
}
