/** Handlers: filters that somebody keeps. */
import { done, refused } from '@warifu/protocol/errors'
import type { Mint } from '@warifu/protocol/ids'
import { type ConsolePeople, idOfWho, type SavedFilter } from '#people'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = { readonly consolePeople: ConsolePeople; readonly mint: Mint }

const filterObject = ({ createdMs, ...row }: SavedFilter) => ({
  ...row,
  object: 'saved_filter' as const,
  created_at: new Date(Number(createdMs)).toISOString(),
})

export const filterHandlers = ({
  consolePeople,
  mint,
}: Rooms): Handlers<'listSavedFilters' | 'saveFilter' | 'deleteFilter'> => ({
  listSavedFilters: async ({ caller, query: { list, ...asked } }) =>
    done(
      await pageOf('/v1/console/filters', asked, async (page) => {
        const mine = { who: idOfWho(caller.who), list }
        return (await consolePeople.filters(mine, page)).map(filterObject)
      }),
    ),
  saveFilter: async ({ caller, body, nowMs }) => {
    const saving = { ...body, id: mint('flt'), who: idOfWho(caller.who), nowMs }
    const saved = await consolePeople.saveFilter(saving)
    return saved ? done(filterObject(saved)) : refused('too_many_requests')
  },
  deleteFilter: async ({ caller, params: { id } }) =>
    (await consolePeople.deleteFilter(idOfWho(caller.who), id))
      ? done({ object: 'filter_deleted' as const, id })
      : refused('not_found'),
})
