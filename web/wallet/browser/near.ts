/**
 * Confirming with the device that the till heard. Of this person's devices the one that is near
 * answers; its chip makes the code, the page only carries it.
 */
import { type ChipLink, type Question, TerminalError } from '@warifu/devices/terminal'
import { type Id, isId } from '@warifu/protocol/ids'
import { act, actSurely } from './acting.ts'
import type { World } from './world.tsx'

type Confirming = {
  readonly asked: Question
  readonly number: string
  readonly onUnknown: () => void
}

/** Opens the link for as long as `work` takes. */
export async function overLink<T>(world: World, work: (link: ChipLink) => Promise<T>): Promise<T> {
  const link = await world.openChip()
  try {
    return await work(link)
  } finally {
    link.close()
  }
}

/** Yes, with the till's number; a device that does not answer is told to the platform. */
export async function confirmNear(world: World, { asked, number, onUnknown }: Confirming) {
  const devices = await ownDevices(world)
  try {
    return await overLink(world, async (link) => {
      for (const device of devices) {
        const how = { device, number, verifyUser: true }
        const work = () => world.terminal.confirmByDevice(link, asked, how)
        try {
          return await actSurely(world, { name: 'presentCard', work, onUnknown })
        } catch (error) {
          // The chip that is near is another of theirs: it answers in its own name only.
          if (!isOther(error)) throw error
        }
      }
      throw new TerminalError('device_not_near', 'None of the devices answers.')
    })
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'device_not_near')
      await act(world, () => world.terminal.tellUnreached(asked))
    throw error
  }
}

const isOther = (error: unknown): boolean =>
  error instanceof TerminalError && error.code === 'device_refused'

async function ownDevices({ terminal }: World): Promise<readonly Id<'pxd'>[]> {
  const found = (await terminal.devices()).map(({ id }) => id)
  return found.filter((id): id is Id<'pxd'> => isId('pxd', id))
}
