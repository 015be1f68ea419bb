/** What the page's parts work with: the terminal, what is kept, the way about. Made in main.tsx. */
import type { ChipLink, Terminal } from '@warifu/devices/terminal'
import type { Api } from '@warifu/sdk/api-call'
import type { Runtime } from '@warifu/sdk/runtime'
import { createContext, type ReactNode, useContext } from 'react'
import type { Kept } from './kept.ts'
import type { PendingStore } from './pending.ts'
import type { Reach } from './reach.ts'

export type World = {
  readonly terminal: Terminal
  readonly api: Api
  readonly reach: Reach
  /** Where the SIM bridge listens, if this wallet has one. */
  readonly bridge: string | null
  readonly origin: string
  readonly kept: Kept
  readonly pending: PendingStore
  readonly nowMs: () => number
  /** Opens the link of the proximity device that is near. */
  readonly openChip: () => Promise<ChipLink>
  readonly waiting: Pick<Runtime, 'sleep' | 'chance'>
  /** Leaves for the shop's page. */
  readonly leaveFor: (url: string) => void
}

const Context = createContext<World | null>(null)

type Props = { readonly world: World; readonly children: ReactNode }

export const WorldProvider = ({ world, children }: Props) => (
  <Context value={world}>{children}</Context>
)

export function useWorld(): World {
  const world = useContext(Context)
  if (world === null) throw new Error('a part of the page stands outside of its world')
  return world
}
