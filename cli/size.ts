/** `--workers N --vaults M`: of how many processes a sandbox is. */
import { Misunderstood, wholeNumber } from './arguments.ts'

const one = { type: 'string', default: '1' } as const
export const sizeOptions = { workers: one, vaults: one }

/** As many as the databases of a sandbox have connections for. */
const MOST = 8

export const sizeOf = (typed: { readonly workers: string; readonly vaults: string }) => ({
  workers: countOf(typed.workers, '--workers'),
  vaults: countOf(typed.vaults, '--vaults'),
})

function countOf(text: string, name: string): number {
  const count = wholeNumber(text, name, `processes, from 1 to ${MOST}`)
  if (count < 1 || count > MOST) throw new Misunderstood(`${name} is from 1 to ${MOST}.`)
  return count
}
