/**
 * How a command that keeps running learns that it should end: Ctrl-C, a terminal that closed, a
 * supervisor's TERM. The same signal may come more than once (from the terminal and from npm).
 */
import { constants } from 'node:os'

export type Ending = {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Settles with the first signal. */
  readonly asked: Promise<NodeJS.Signals>
}

export function listenForEnding(): Ending {
  const controller = new AbortController()
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      controller.abort()
      resolve(name)
    })
  return { signal: controller.signal, asked }
}

/** The exit code of a process that ended because of this signal, as shells tell it. */
export const codeOfSignal = (name: NodeJS.Signals): number => 128 + constants.signals[name]
