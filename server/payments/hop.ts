/** One hop of a request, and what many hops have in common. It names keys, never a secret. */
import type { Hop, Party } from '@warifu/protocol/objects'

type Sketch = Partial<Omit<Hop, 'from' | 'to' | 'message' | 'at'>>

export const hop = (
  route: readonly [from: Party, to: Party],
  message: string,
  at: string,
  sketch: Sketch = {},
): Hop => ({
  from: route[0],
  to: route[1],
  message,
  readable: [],
  sealed: [],
  signed_by: null,
  reported: false,
  outcome: 'passed',
  at,
  ...sketch,
})

export const sealed = (what: string, key: string, checkValue: string | null = null) =>
  ({ what, for: 'vault', key, check_value: checkValue }) as const

/** It stops here: the last hop said no, and what came before it had passed. */
export const refusedLast = (hops: readonly Hop[]): Hop[] =>
  hops.map((one, i) => (i === hops.length - 1 ? { ...one, outcome: 'refused' } : one))
