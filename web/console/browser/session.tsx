/** Who is signed in, and what of the API they may call: as the contract says it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { scopeOf } from '@warifu/protocol/api-key-contract'
import type { CallName, Reply } from '@warifu/protocol/contract'
import { ApiError } from '@warifu/sdk/api-call'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { endpointOf, useCall } from './calling.ts'

export type Me = Reply<'getConsoleMe'>

/** The API decides; this only keeps from showing what it would refuse. */
export function mayCall({ roles, merchant }: Me, name: CallName): boolean {
  const endpoint = endpointOf(name)
  const { caller } = endpoint
  if (caller === 'operator') return endpoint.roles?.some((role) => roles.includes(role)) === true
  if (caller !== 'merchant') return caller === 'anyone' || caller === 'console'
  if (merchant === null) return false
  const scope = scopeOf(endpoint)
  return merchant.scopes === null || (scope !== undefined && merchant.scopes.includes(scope))
}

type Session = {
  readonly me: Me
  readonly may: (name: CallName) => boolean
  /** The first of these that this person may call. */
  readonly first: <N extends CallName>(names: readonly N[]) => N | undefined
}

const Context = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(Context)
  if (session === null) throw new TypeError('nobody is signed in here')
  return session
}

export function SessionProvider({
  me,
  children,
}: {
  readonly me: Me
  readonly children: ReactNode
}) {
  const session = useMemo((): Session => {
    const may = (name: CallName) => mayCall(me, name)
    return { me, may, first: (names) => names.find(may) }
  }, [me])
  return <Context value={session}>{children}</Context>
}

const ME = ['getConsoleMe'] as const

/** Asked at the start and now and then: a session that ended elsewhere ends here too. */
export function useMe() {
  const call = useCall()
  return useQuery({
    queryKey: ME,
    queryFn: async () => {
      try {
        return await call('getConsoleMe', {})
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }
    },
    refetchInterval: 60_000,
  })
}

/** Signed in or out: everything that was read before is somebody else's. */
export function useEntered(): (me: Me | null) => void {
  const client = useQueryClient()
  return (me) => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] })
    client.setQueryData(ME, me)
  }
}
