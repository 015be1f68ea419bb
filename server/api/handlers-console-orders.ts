/** Handlers: plastic on order, the bureaus that make it, and SIMs, for the platform's people. */
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { FoundSim, SoughtSim } from '#devices'
import {
  type FoundBureau,
  type FoundPlastic,
  type PlasticView,
  placeOf,
  type SoughtPlastic,
} from '#issuing'
import type { Operator } from '#people'
import type { Handlers } from './handler.ts'
import { readsNames } from './handlers-console-lists.ts'
import { pageBy, pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type WholePlastic = FoundPlastic & Pick<PlasticView, 'terminal' | 'history'>

/** What the rooms let these lists be read by. */
export type OrderFinds = {
  readonly plastics: (sought: SoughtPlastic, page: Page) => Promise<FoundPlastic[]>
  readonly plastic: (id: Id<'pls'>) => Promise<WholePlastic | undefined>
  readonly bureaus: (page: Page) => Promise<FoundBureau[]>
  readonly sims: (sought: SoughtSim, page: Page) => Promise<FoundSim[]>
  readonly last4s: (cards: readonly Id<'crd'>[]) => Promise<ReadonlyMap<Id<'crd'>, string | null>>
  readonly names: (ids: readonly Id<'chl'>[]) => Promise<ReadonlyMap<string, string>>
}
type Names = 'findPlastics' | 'readPlastic' | 'findBureaus' | 'findSims' | 'readSim'

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()

type Held = { readonly cardholder: Id<'chl'> }
type NameOf = (row: Held) => { readonly id: Id<'chl'>; readonly name: string | null }

/** The people of these rows: their names for those who may read names. */
async function holdersOf(finds: OrderFinds, caller: Operator, rows: readonly Held[]) {
  const ids = readsNames(caller) ? rows.map(({ cardholder }) => cardholder) : []
  const names = await finds.names(ids)
  return ({ cardholder: id }: Held) => ({ id, name: names.get(id) ?? null })
}

export function consoleOrderHandlers(finds: OrderFinds): Handlers<Names> {
  const simsOf = async (caller: Operator, sought: SoughtSim, page: Page) => {
    const rows = await finds.sims(sought, page)
    const holder = await holdersOf(finds, caller, rows)
    const last4s = await finds.last4s(rows.flatMap(({ cards }) => cards.map(({ card }) => card)))
    return rows.map((row) => simObject(row, holder, last4s))
  }
  return {
    findPlastics: async ({ caller, query: { status, bureau, card, ...asked } }) => {
      const sought = { status, bureau, card }
      const found = await pageBy('/v1/operator/plastics', asked, {
        read: (page) => finds.plastics(sought, page),
        cursorOf: placeOf,
      })
      const holder = await holdersOf(finds, caller, found.data)
      return done({ ...found, data: found.data.map((row) => plasticObject(row, holder)) })
    },
    readPlastic: async ({ caller, params }) => {
      const row = await finds.plastic(params.id)
      if (row === undefined) return refused('not_found')
      const holder = await holdersOf(finds, caller, [row])
      const history = row.history.map(({ atMs, from, to, reason, actor: by }) => ({
        ...{ at: instantOf(atMs), from, to, reason, by },
      }))
      return done({ ...plasticObject(row, holder), terminal: row.terminal, history })
    },
    findBureaus: async ({ query }) =>
      done(
        await pageOf('/v1/operator/bureaus', query, async (page) =>
          (await finds.bureaus(page)).map(bureauObject),
        ),
      ),
    findSims: async ({ caller, query: { status, cardholder, ...asked } }) =>
      done(
        await pageOf('/v1/operator/sims', asked, (page) =>
          simsOf(caller, { status, cardholder }, page),
        ),
      ),
    readSim: async ({ caller, params: { id } }) => {
      const [found] = await simsOf(caller, { id }, { limit: 1, before: undefined })
      return found === undefined ? refused('not_found') : done(found)
    },
  }
}

const plasticObject = (
  row: FoundPlastic,
  holder: NameOf,
): Reply<'findPlastics'>['data'][number] => ({
  id: row.id,
  object: 'found_plastic',
  created_at: instantOf(row.createdMs),
  status: row.status,
  card: { id: row.card, last4: row.last4 },
  program: { id: row.program, name: row.programName },
  cardholder: holder(row),
  bureau: { id: row.bureau, name: row.bureauName },
  tracking: row.tracking,
  moved_at: instantOf(row.movedMs),
  reason: row.reason,
})

const bureauObject = (row: FoundBureau): Reply<'findBureaus'>['data'][number] => ({
  id: row.id,
  object: 'found_bureau',
  name: row.name,
  status: row.status,
  created_at: instantOf(row.createdMs),
  jobs: { ...row.jobs },
})

const simObject = (
  row: FoundSim,
  holder: NameOf,
  last4s: ReadonlyMap<Id<'crd'>, string | null>,
): Reply<'readSim'> => ({
  id: row.id,
  object: 'found_sim',
  created_at: instantOf(row.createdMs),
  removed_at: row.removedMs === null ? null : instantOf(row.removedMs),
  status: row.status,
  iccid_last4: row.iccidLast4,
  cardholder: holder(row),
  cards: row.cards.map(({ number, card }) => ({ number, card, last4: last4s.get(card) ?? null })),
  phones: row.phones.map(({ terminal, linkedMs }) => ({
    terminal,
    linked_at: instantOf(linkedMs),
  })),
})
