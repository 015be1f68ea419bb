/**
 * A payment that this person did not begin, without a page: yes, no, or "not me". How a yes is
 * carried out depends on the way of paying; a way has a row here, or it cannot be answered.
 */
import { claimOf, type Question } from '@warifu/devices/terminal'
import {
  type ApprovedPresentment,
  isPayment,
  type PaymentContent,
} from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import { act } from './acting.ts'
import { confirmNear } from './near.ts'
import { approve, ended, readPresented } from './payment.ts'
import type { Ending } from './pending.ts'
import { carry, connect, isPaired, plugNow } from './reader-plug.ts'
import type { World } from './world.tsx'

export type AskedPayment = Question & { readonly content: PaymentContent }
export type AskedEnding = Ending | { readonly kind: 'not_me'; readonly isFrozen: boolean }

export type Yes = {
  readonly asked: AskedPayment
  readonly card: Id<'crd'> | null
  /** What the till shows, where it is asked for. */
  readonly number: string | null
  readonly onUnknown: () => void
}

type Way = {
  /** The person chooses one of the wallet's own cards. */
  readonly needsCard: boolean
  readonly pay: (world: World, yes: Yes) => Promise<Ending>
}

const ownCard: Way = {
  needsCard: true,
  pay: async (world, { asked, card, number, onUnknown }) => {
    if (card === null) return { kind: 'failed', code: 'card_unknown' }
    return approve(world, { claim: await claimOf(asked, number), card, onUnknown })
  },
}

/** A card is read at the reader of this phone: it must be there before anything is approved. */
const reader: Way = {
  needsCard: false,
  pay: (world, { asked }) => {
    const payment = asked.content.subject.id
    return ended(world, payment, async () => {
      await connect(world).catch(() => {})
      if (plugNow().at !== 'in' && !(await isPaired(world)))
        return { kind: 'failed', code: 'reader_unknown' }
      await act(world, () => world.terminal.answer(asked, 'approve'))
      return carry(world, payment)
    })
  },
}

/** The till heard a device of theirs: its chip confirms, and the card is the one linked to it. */
const byDevice: Way = {
  needsCard: false,
  pay: (world, { asked, number, onUnknown }) =>
    ended(world, asked.content.subject.id, async () => {
      if (number === null) return { kind: 'failed', code: 'match_number_wrong' }
      return readPresented(await confirmNear(world, { asked, number, onUnknown }))
    }),
}

const ways: Readonly<Partial<Record<ApprovedPresentment, Way>>> = {
  code: ownCard,
  phone: ownCard,
  reader,
  beacon: byDevice,
}

export const wayOf = ({ content }: AskedPayment): Way | undefined => ways[content.presentment]

export const isAskedPayment = (question: Question): question is AskedPayment =>
  isPayment(question.content) && ways[question.content.presentment] !== undefined

/** Says that it is on the screen; nobody waits for it. */
export const receive = (world: World, asked: Question): Promise<unknown> =>
  act(world, () => world.terminal.received(asked))

export const refuse = (world: World, asked: AskedPayment): Promise<Ending> =>
  ended(world, asked.content.subject.id, async () => {
    await act(world, () => world.terminal.answer(asked, 'deny'))
    return { kind: 'denied' }
  })

/** The shop cannot ask again; with `suspend` the cards are frozen as well. */
export async function disown(
  world: World,
  asked: AskedPayment,
  suspend: boolean,
): Promise<AskedEnding> {
  await act(world, () => world.terminal.answer(asked, 'not_me', { suspend }))
  return { kind: 'not_me', isFrozen: suspend }
}

/** How it ended by itself while it was on the screen; null while it is open. */
export function endedAlone({ status, ended_because: code }: AskedPayment): AskedEnding | null {
  if (status === 'pending' || status === 'approved') return null
  if (status === 'expired') return { kind: 'expired' }
  if (status !== 'denied') return { kind: 'cancelled' }
  return code === null ? { kind: 'denied' } : { kind: 'declined', code }
}
