/** What the page has asked for: cards, programs, activity. Asked again when something changed. */

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { TerminalState } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { isArriving, isEnrolledHere } from './enrolling.ts'
import type { Pending } from './pending.ts'
import { type Stopped, whyStopped } from './stopping.ts'
import { isReplaced, isUnknown, whyEnded } from './trouble.ts'
import { useWorld } from './world.tsx'

export type Card = Reply<'listCards'>['data'][number]
export type Program = Reply<'listPrograms'>['data'][number]
export type Activity = Reply<'listActivity'>['data'][number]

/** A refusal stays one; only silence is worth another try. */
const retry = (failures: number, error: Error): boolean => isUnknown(error) && failures < 2

export const useTerminalState = () => {
  const { terminal } = useWorld()
  return useQuery<TerminalState>({
    queryKey: ['kept', 'state'],
    queryFn: () => terminal.state(),
    networkMode: 'always',
    // Keys are not plain data: they are handed on as they are.
    structuralSharing: false,
  })
}

export const useEnrolled = () => {
  const world = useWorld()
  return useQuery<boolean>({
    queryKey: ['kept', 'enrolled'],
    queryFn: () => isEnrolledHere(world),
    networkMode: 'always',
  })
}

export const useIsArriving = () => {
  const world = useWorld()
  return useQuery<boolean>({
    queryKey: ['kept', 'arriving'],
    queryFn: () => isArriving(world),
    networkMode: 'always',
  })
}

export const useStopped = () => {
  const world = useWorld()
  return useQuery<Stopped | null>({
    queryKey: ['kept', 'stopped'],
    queryFn: () => whyStopped(world),
    networkMode: 'always',
  })
}

/** What shops have asked outside of a payment's link. */
export const useQuestions = () => {
  const { terminal } = useWorld()
  return useQuery({ queryKey: ['questions'], retry, queryFn: () => terminal.questions() })
}

export type Mute = Reply<'liftMute'>
/** Shops that may not ask this person. */
export const useMutes = () => {
  const { terminal } = useWorld()
  return useQuery<readonly Mute[]>({ queryKey: ['mutes'], retry, queryFn: () => terminal.mutes() })
}

export const usePending = () => {
  const { pending } = useWorld()
  return useQuery<Pending | null>({
    queryKey: ['kept', 'pending'],
    queryFn: () => pending.load(),
    networkMode: 'always',
  })
}

const isCards = (value: unknown): value is readonly Card[] => Array.isArray(value)

/** The cards as the platform knows them; as they last were, where it does not answer. */
export const useCards = (enabled: boolean) => {
  const { terminal, kept } = useWorld()
  return useQuery<readonly Card[]>({
    queryKey: ['cards'],
    enabled,
    retry,
    networkMode: 'always',
    queryFn: async () => {
      try {
        const cards = await terminal.cards()
        await kept.set('cards', cards)
        return cards
      } catch (error) {
        const last = await kept.get('cards')
        if (whyEnded(error) !== undefined || isReplaced(error) || !isCards(last)) throw error
        return last
      }
    },
  })
}

export const usePrograms = () => {
  const { api } = useWorld()
  return useQuery<readonly Program[]>({
    queryKey: ['programs'],
    retry,
    queryFn: async () => (await callApi(api, 'listPrograms', { query: { limit: 100 } })).data,
  })
}

const ASK_AGAIN_MS = 1500

/** Somebody else has the next word: a person, or the bureau. */
const isWithOthers = (application?: Reply<'getApplication'>): boolean =>
  application?.status === 'in_review' ||
  application?.status === 'deciding' ||
  (application?.verifications.some(({ status }) => status === 'in_review') ?? false)

/** An application; asked for again while others have the next word. */
export const useApplication = (id: Id<'app'> | null) => {
  const { terminal } = useWorld()
  return useQuery({
    queryKey: ['application', id],
    enabled: id !== null,
    retry,
    queryFn: () => (id === null ? Promise.reject(new Error('no id')) : terminal.application(id)),
    refetchInterval: ({ state: { data } }) => (isWithOthers(data) ? ASK_AGAIN_MS : false),
  })
}

export const useActivity = () => {
  const { terminal } = useWorld()
  return useInfiniteQuery({
    queryKey: ['activity'],
    retry,
    initialPageParam: '',
    queryFn: ({ pageParam: after }) =>
      terminal.activity({ limit: 20, ...(after === '' ? {} : { starting_after: after }) }),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })
}
