/**
 * The card in the SIM, without a page: the bridge's address is the wallet server's word, the token
 * is kept beside the terminal's state, and a payment goes the way of every other (payment.ts).
 */
import type { BridgeLine, Sim } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { act, actSurely } from './acting.ts'
import type { Kept } from './kept.ts'
import { ended, readPresented } from './payment.ts'
import type { Ending } from './pending.ts'
import { isUnknown } from './trouble.ts'
import type { World } from './world.tsx'

/** What was agreed with the bridge, and the SIM that was taken into use. */
export type KeptSim = { readonly token: string; readonly sim: Sim | null }

const KEY = 'sim'
/** What this page wrote itself has its shape; nobody else reaches this origin's database. */
const isKeptSim = (value: unknown): value is KeptSim =>
  typeof value === 'object' && value !== null && 'token' in value && 'sim' in value

export const readSim = async ({ get }: Kept): Promise<KeptSim | null> => {
  const value = await get(KEY)
  return isKeptSim(value) ? value : null
}

export const lineOf = ({ bridge, api }: World, token: string): BridgeLine => {
  if (bridge === null) throw new Error('no bridge belongs to this wallet')
  return { fetch: api.fetch, url: bridge, token }
}

/** The person allows this page in the bridge's window. */
export async function connect(world: World): Promise<void> {
  const { token } = await world.terminal.pairSim(lineOf(world, ''))
  await world.kept.set(KEY, { token, sim: null })
}

/** The SIM answers after its PIN, the passkey agrees; from then on it pays from this phone. */
export async function takeIntoUse(world: World, { token }: KeptSim): Promise<void> {
  const sim = await act(world, () => world.terminal.linkSim(lineOf(world, token)))
  await world.kept.set(KEY, { token, sim })
}

type Paying = {
  readonly link: string
  readonly payment: Id<'pay'>
  readonly token: string
  readonly sim: Sim
  readonly onUnknown: () => void
}

/** Claims anew, for the way is part of what is signed; then once, or with PIN digits once more. */
export const payBySim = (world: World, paying: Paying): Promise<Ending> =>
  ended(world, paying.payment, async () => {
    const { link, token, sim, onUnknown } = paying
    const line = lineOf(world, token)
    const claimed = await act(world, () => world.terminal.claim(link, 'sim'))
    const show = (withDigits: boolean) => {
      const how = { sim: sim.id, choice: { default: true as const }, verifyUser: true }
      const work = () => world.terminal.showSim(line, claimed, { ...how, withDigits })
      return actSurely(world, { name: 'presentCard', work, onUnknown })
    }
    try {
      const first = await show(false)
      return readPresented(first.next_action?.kind === 'pin_digits' ? await show(true) : first)
    } catch (error) {
      if (!isUnknown(error)) await backToWallet(world, link)
      throw error
    }
  })

/** The SIM did not pay: the question stands as before, with a content of its own to sign. */
async function backToWallet(world: World, link: string): Promise<void> {
  const claim = await act(world, () => world.terminal.claim(link)).catch(() => null)
  if (claim !== null) await world.pending.save({ link, claim, ending: null })
}
