/** What the front door brings into the page: the API, new names, passkeys, files, the clipboard. */
import type { Api } from '@warifu/sdk/api-call'
import { createContext, useContext } from 'react'

export type Ground = {
  readonly api: Api
  /** A new UUID: the name of one thing that is asked for, however often it is sent. */
  readonly newKey: () => string
  /** SHA-256, base64url. */
  readonly digest: (bytes: ArrayBuffer) => Promise<string>
  readonly credentials: CredentialsContainer
  readonly saveFile: (name: string, bytes: Blob) => void
  readonly copy: (text: string) => Promise<void>
}

const Context = createContext<Ground | null>(null)
export const GroundProvider = Context

export function useGround(): Ground {
  const ground = useContext(Context)
  if (ground === null) throw new TypeError('the page stands on no ground')
  return ground
}
