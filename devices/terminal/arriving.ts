/**
 * A further phone of the same person: enrolled by the passkey it waits, asks the old phone or
 * proves who comes, and then pulls the cards that have moved to it. And the old phone, which sees
 * who comes and can call it back. Browser-safe.
 */
import type { Arrival } from '@warifu/protocol/arrival-contract'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { read, type TerminalNeeds, write } from './asking.ts'
import { installMoved } from './installing.ts'
import { callAsPerson } from './joining.ts'
import { speakerOf } from './terminal-state.ts'

export type { Arrival }

const here = async ({ store }: TerminalNeeds): Promise<Id<'trm'>> =>
  speakerOf(await store.load()).terminal

const arrival = async (needs: TerminalNeeds): Promise<Arrival> =>
  callAsPerson(needs, 'getArrival', { params: { id: await here(needs) } })

/** Pulls every card that has moved here; safe to begin again. */
async function pullMoved(needs: TerminalNeeds): Promise<Reply<'getCard'>[]> {
  const pulled: Reply<'getCard'>[] = []
  for (const card of (await arrival(needs)).cards) pulled.push(await installMoved(needs, card))
  return pulled
}

type Proof = { readonly method: Arrival['proved'][number]; readonly code: string }

export const arrivals = (needs: TerminalNeeds) => ({
  // The new phone.
  startArrival: async (purpose: Arrival['purpose'], way: Arrival['way']) =>
    callAsPerson(needs, 'startArrival', {
      body: { terminal: await here(needs), purpose, way },
    }),
  arrival: () => arrival(needs),
  sendArrivalCode: async (method: 'phone' | 'voice') =>
    callAsPerson(needs, 'sendArrivalCode', { params: { id: await here(needs) }, body: { method } }),
  answerArrivalCode: async (body: Proof) =>
    callAsPerson(needs, 'answerArrivalCode', { params: { id: await here(needs) }, body }),
  pullMoved: () => pullMoved(needs),
  // The old one.
  arrivals: async () => (await read(needs, 'listArrivals', {})).data,
  cancelArrival: (id: Id<'trm'>) => write(needs, 'cancelArrival', { params: { id } }),
})
