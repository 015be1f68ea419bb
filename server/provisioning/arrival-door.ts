/** Further phones of a person, as `provisioning` hands them out. */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Heard } from '#approvals'
import type { TerminalCall } from '#terminals'
import { arrivalsTo, readArrival, viewArrival } from './arrival.ts'
import { type ArrivalNeeds, resumeArrival, type Starting, startArrival } from './arriving.ts'
import { listPhones, type Removing, removePhone } from './phones.ts'
import {
  type AnsweringProof,
  answerProof,
  type Cancelling,
  cancelArrival,
  type HandingCode,
  handOutProof,
  type OnArrival,
  sendCode,
  tickArrivals,
} from './proving.ts'

export type Arrivals = ReturnType<typeof createArrivals>

export const createArrivals = (needs: ArrivalNeeds) => ({
  start: (starting: Starting) => startArrival(needs, starting),
  get: async (terminal: Id<'trm'>, cardholder: Id<'chl'>) => {
    const row = await readArrival(needs.store.sql, terminal)
    if (row?.cardholder !== cardholder) return refused('not_found')
    return done(await viewArrival(needs.store.sql, row))
  },
  sendCode: (asked: OnArrival & { readonly method: 'phone' | 'voice' }) => sendCode(needs, asked),
  answer: (answering: AnsweringProof) => answerProof(needs, answering),
  handOut: (handing: HandingCode) => handOutProof(needs, handing),
  to: async ({ terminal }: TerminalCall) => {
    const rows = await arrivalsTo(needs.store.sql, terminal)
    return Promise.all(rows.map((row) => viewArrival(needs.store.sql, row)))
  },
  cancel: (cancelling: Cancelling) => cancelArrival(needs, cancelling),
  phones: (cardholder: Id<'chl'>) => listPhones(needs.store.sql, cardholder),
  /** Work of `terminals.once`. */
  remove: (removing: Removing) => removePhone(needs, removing),
  resume: (heard: Heard) => resumeArrival(needs, heard),
  tick: (nowMs: number) => tickArrivals(needs, nowMs),
})
