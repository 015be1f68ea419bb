/** What a journey claims and what was seen: every claim is a row, a step that fails ends it. */
import { BridgeRefused, TerminalError } from '@warifu/devices/terminal'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'

export type Check = { readonly name: string; readonly ok: boolean; readonly saw: string }

/** The journey cannot go on; why is in its last check. */
export class JourneyEnded extends Error {
  override readonly name = 'JourneyEnded'
}

export type Checks = {
  readonly list: readonly Check[]
  /** Something that must be so; the journey goes on either way. */
  readonly that: (name: string, ok: boolean, saw?: string) => void
  /** Something that must work for the journey to go on. */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Something that must be refused, with this code. */
  readonly refused: (name: string, code: string, work: () => Promise<Refusable>) => Promise<void>
}

/** An answer that may be a no: a declined payment. Refusals of other kinds are thrown. */
export type Refusable = { readonly declined_because?: string | null; readonly status?: string }

export function createChecks(say: (check: Check) => void = () => {}): Checks {
  const list: Check[] = []
  const that = (name: string, ok: boolean, saw = '') => {
    const check = { name, ok, saw }
    list.push(check)
    say(check)
  }
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    try {
      const value = await work()
      that(name, true)
      return value
    } catch (error) {
      if (error instanceof JourneyEnded) throw error
      that(name, false, codeOf(error))
      throw new JourneyEnded(name, { cause: error })
    }
  }
  const refused: Checks['refused'] = async (name, code, work) => {
    try {
      const answer = await work()
      that(name, answer.declined_because === code, answer.declined_because ?? answer.status)
    } catch (error) {
      that(name, codeOf(error) === code, codeOf(error))
    }
  }
  return { list, that, step, refused }
}

/** The code of a refusal; a fault or a bug is not one, and keeps its words. */
export function codeOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof TerminalError) return error.code
  if (error instanceof BridgeRefused) return error.code
  if (error instanceof NoAnswer) return `${error.code}: ${error.message}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
