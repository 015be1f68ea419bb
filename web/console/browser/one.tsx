/** A page of one thing: asked for, waited for, refused or shown; asked for again now and then. */
import { useQuery } from '@tanstack/react-query'
import type { CallName, Reply } from '@warifu/protocol/contract'
import type { Input } from '@warifu/sdk/api-call'
import { useWords } from '@warifu/web/kit'
import type { ReactNode } from 'react'
import { Fault, NotYet } from './act.tsx'
import { useCall } from './calling.ts'
import { PageHead } from './page-head.tsx'
import { shellWords } from './words-shell.ts'

const FRESH_MS = 10_000

export function useOne<N extends CallName>(name: N, params: Readonly<Record<string, string>> = {}) {
  const call = useCall()
  return useQuery({
    queryKey: ['one', name, params],
    // The address carries texts; what they must be, the API says.
    queryFn: () => call(name, { params } as unknown as Input<N>),
    refetchInterval: FRESH_MS,
  })
}

/** The same where asking is itself on record: asked for once, when somebody looks. */
export function useOnce<N extends CallName>(name: N, params: Readonly<Record<string, string>>) {
  const call = useCall()
  return useQuery({
    queryKey: ['once', name, params],
    queryFn: () => call(name, { params } as unknown as Input<N>),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

type Props<N extends CallName> = {
  readonly name: N
  readonly id: string
  readonly back: { readonly to: string; readonly name: string }
  readonly title: (found: Reply<N>) => string
  readonly children: (found: Reply<N>, again: () => Promise<unknown>) => ReactNode
}

export function OnePage<N extends CallName>({ name, id, back, title, children }: Props<N>) {
  const say = useWords(shellWords)
  const { data, error, refetch } = useOne(name, { id })
  if (data === undefined)
    return (
      <>
        <PageHead title={id} back={back} />
        <NotYet fault={error} label={say('asking')} />
      </>
    )
  return (
    <article className="one">
      <PageHead title={title(data)} back={back} />
      <Fault fault={error} />
      {children(data, () => refetch())}
    </article>
  )
}

type PanelProps = { readonly title: string; readonly children: ReactNode }

export const Panel = ({ title, children }: PanelProps) => (
  <section className="panel">
    <h2>{title}</h2>
    {children}
  </section>
)
