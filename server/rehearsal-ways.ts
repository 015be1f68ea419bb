/** For tests of the whole house: the steps that a way of presenting a card waits for. */
import { ways } from '#presentment'

/** Undefined where nothing is waited for: the request itself decides. */
export const stepsOf = (way: string): readonly string[] | undefined =>
  Object.entries(ways)
    .find(([name]) => name === way)?.[1]
    .steps.map(({ kind }) => kind)
