/** What the tour's page asks for and is told. */
import type { TimelineEntry } from '@warifu/protocol/objects'

export const tourSystems = ['S0', 'S1', 'S2', 'S3', 'S4'] as const
export type TourSystem = (typeof tourSystems)[number]

export const isTourSystem = (text: string): text is TourSystem =>
  tourSystems.some((system) => system === text)

/** Something that was done or seen, in the words of the demo. */
export type TourStep = { readonly name: string; readonly ok: boolean; readonly saw: string }

export type TourRun = {
  readonly id: string
  readonly system: TourSystem
  readonly state: 'running' | 'done' | 'failed'
  readonly steps: readonly TourStep[]
  readonly payment: string | null
  readonly timeline: readonly TimelineEntry[]
}
