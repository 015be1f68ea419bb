/** What the front door brings into the page: new names, and the words with the back end. */
import { createContext, useContext } from 'react'

export type Ground = {
  /** A new UUID: the page's own name for what it is about to do. */
  readonly newDraft: () => string
  readonly get: (path: string) => Promise<unknown>
  /** A refusal is thrown as `BackEndRefusal`, a cut line as whatever fetch throws. */
  readonly post: (path: string, body: object) => Promise<unknown>
  /** Hears the back end until the answer is called; takes itself up when it was cut. */
  readonly listen: (path: string, heard: Heard) => () => void
  readonly copy: (text: string) => Promise<void>
}

export type Heard = {
  readonly onMessage: (event: string, data: unknown) => void
  readonly onState: (isOpen: boolean) => void
}

/** The back end’s no. */
export class BackEndRefusal extends Error {
  override readonly name = 'BackEndRefusal'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const Context = createContext<Ground | null>(null)
export const GroundProvider = Context

export function useGround(): Ground {
  const ground = useContext(Context)
  if (ground === null) throw new TypeError('the page stands on no ground')
  return ground
}
