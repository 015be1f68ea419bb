/**
 * One payment from its link to its end, without a page. Every step is kept before the next one;
 * whoever comes back later goes on where it stood. What the platform knows goes before what we
 * kept.
 */
import type { Claim } from '@warifu/devices/terminal'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { act, actSurely, SettledElsewhere, settle } from './acting.ts'
import type { Ending, Pending } from './pending.ts'
import { troubleOf } from './trouble.ts'
import type { World } from './world.tsx'

type Activity = Reply<'getActivity'>

/** How a payment ended, as the platform tells it; null while it has not. */
export function endingOf({ status, declined_because }: Activity): Ending | null {
  if (status === 'requires_action' || status === 'processing') return null
  if (status === 'expired' || status === 'cancelled') return { kind: status }
  if (status === 'reversed') return { kind: 'cancelled' }
  if (status !== 'declined') return { kind: 'paid' }
  if (declined_because === 'approval_denied') return { kind: 'denied' }
  return { kind: 'declined', code: declined_because ?? 'internal_error' }
}

/** Refusals after which this payment cannot be asked for again by this wallet. */
const lost = ['not_found', 'already_claimed', 'payment_state', 'link_invalid', 'order_mismatch']

/** Opens what is in hand: claims it where that was not done, else looks what became of it. */
export async function openPending(world: World, pending: Pending): Promise<Pending> {
  const { claim, ending, link } = pending
  if (ending !== null) return pending
  const opened = claim === null ? await claimLink(world, link) : await lookAgain(world, pending)
  await world.pending.save(opened)
  return opened
}

async function claimLink(world: World, link: string): Promise<Pending> {
  try {
    const claim = await act(world, () => world.terminal.claim(link))
    return { link, claim, ending: null }
  } catch (error) {
    const trouble = troubleOf(error)
    const code = 'code' in trouble ? trouble.code : ''
    if (code === 'payment_expired') return { link, claim: null, ending: { kind: 'expired' } }
    if (!lost.includes(code)) throw error
    return { link, claim: null, ending: { kind: 'failed', code } }
  }
}

/** What was kept, with how it ended; what was kept alone where nobody can be asked now. */
async function lookAgain(world: World, pending: Pending): Promise<Pending> {
  if (pending.claim === null) return pending
  try {
    await settle(world)
    const ending = endingOf(await world.terminal.activityOf(pending.claim.payment))
    return { ...pending, ending }
  } catch (error) {
    if (troubleOf(error).kind === 'no_answer') return pending
    throw error
  }
}

type Approving = {
  readonly claim: Claim
  readonly card: Id<'crd'>
  readonly onUnknown: () => void
}

/** Yes. The person is verified for every payment, whatever its amount. */
export const approve = (world: World, { claim, card, onUnknown }: Approving): Promise<Ending> =>
  ended(world, claim.payment, async () => {
    const work = () => world.terminal.present(claim, card, { verifyUser: true })
    const sure = { name: 'presentCard', work, onUnknown } as const
    // Keys that end soon are asked for anew; what cannot be had now may do without.
    await act(world, () => world.terminal.renewKeys()).catch(() => undefined)
    try {
      return readPresented(await actSurely(world, sure))
    } catch (error) {
      if (!isKeyOver(error)) throw error
      await act(world, () => world.terminal.renewKeys(card))
      return readPresented(await actSurely(world, sure))
    }
  })

/** The card was sealed to a key of an epoch that is over. */
function isKeyOver(error: unknown): boolean {
  const trouble = troubleOf(error)
  return 'code' in trouble && ['payment_key_expired', 'key_expired'].includes(trouble.code)
}

/** No. */
export const deny = (world: World, claim: Claim, onUnknown: () => void): Promise<Ending> =>
  ended(world, claim.payment, async () => {
    const work = () => world.terminal.deny(claim)
    return readPresented(await actSurely(world, { name: 'denyPayment', work, onUnknown }))
  })

export function readPresented({ status, declined_because: code }: Reply<'presentCard'>): Ending {
  if (status === 'authorized') return { kind: 'paid' }
  return code === 'approval_denied' ? { kind: 'denied' } : { kind: 'declined', code: code ?? '' }
}

/** Does it; where it is refused, the platform tells how the payment has ended, if it has. */
export async function ended(
  world: World,
  payment: Id<'pay'>,
  work: () => Promise<Ending>,
): Promise<Ending> {
  try {
    return await work()
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble.kind === 'refused' && trouble.code === 'payment_expired') return { kind: 'expired' }
    const mayHaveEnded = trouble.kind === 'refused' || error instanceof SettledElsewhere
    const ending = mayHaveEnded ? await askEnding(world, payment) : null
    if (ending === null) throw error
    return ending
  }
}

/** The platform knows best; null where the payment still waits for an answer, or it is silent. */
const askEnding = ({ terminal }: World, payment: Id<'pay'>): Promise<Ending | null> =>
  terminal.activityOf(payment).then(endingOf, () => null)
