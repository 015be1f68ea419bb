/**
 * SIMULATORS only: the time as a sandbox's devices keep it. The test kit writes into a file how far
 * the platform's clock is ahead of the one on the wall; it is read at each look, as a device runs
 * on while the clock is set. Hardware has a clock of its own and is told of no file.
 */
import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import { Check } from 'typebox/value'

const told = Type.Object({ ahead_ms: Type.Integer({ minimum: 0 }) })

/** The wall's, where there is no file; never back, as the platform's never goes back. */
export function sandboxClock(path: string | undefined, wall: () => number): () => number {
  if (path === undefined) return wall
  let aheadMs = 0
  return () => {
    const found = parse(path)
    if (Check(told, found)) aheadMs = Math.max(aheadMs, found.ahead_ms)
    return wall() + aheadMs
  }
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
