/**
 * How many requests a process works on at once. What is above that is turned away before anything
 * is looked at: so every queue behind the door (batches, calls to the vault, statements) has an
 * end, and what is let in is answered in time. A stream is let go when it has begun.
 */
import type { Endpoint } from '@warifu/protocol/contract'

/** What goes on with something may still come in where nothing new may. */
const SHARE_FOR_NEW = 3 / 4

export type Standing = { readonly open: number; readonly most: number }

export const mayEnter = ({ open, most }: Standing, begins: boolean): boolean =>
  open < (begins ? Math.ceil(most * SHARE_FOR_NEW) : most)

/** A payment, a token, an application: what has no name yet, and so nobody waits for it. */
export const beginsNew = ({ method, path }: Pick<Endpoint, 'method' | 'path'>): boolean =>
  method === 'POST' && !path.includes(':')

export type Admission = {
  /** False where there is no room; whoever is let in leaves once, however its work ends. */
  readonly enter: (begins: boolean) => boolean
  readonly leave: () => void
}

export function createAdmission(most: number): Admission {
  let open = 0
  return {
    enter: (begins) => {
      const isIn = mayEnter({ open, most }, begins)
      if (isIn) open += 1
      return isIn
    },
    leave: () => {
      open -= 1
    },
  }
}
