/**
 * One entry device as a till has it: found by `hello`, its link kept and opened again when it was
 * cut, and one sale at a time.
 */
import type { LinkAnswer, LinkEvent } from '@warifu/protocol/entry-device'
import {
  type DeviceLink,
  type LinkAsk,
  LinkLost,
  type LinkNeeds,
  openLink,
  type Place,
} from './device-link.ts'

export type DeviceStatus = Extract<LinkAnswer, { status: unknown }>['status']

export type DeviceLine = {
  readonly place: Place
  /** Over the link that is open, or a new one. */
  readonly ask: (request: LinkAsk, timeoutMs?: number) => Promise<LinkAnswer>
  readonly status: () => Promise<DeviceStatus>
  /** Its link stands. A device has one till at a time, and a new link takes it from another. */
  readonly isOpen: () => Promise<boolean>
  /** Who hears the device's events now. */
  readonly listen: (onEvent?: (event: LinkEvent) => void) => void
  /** Drops the link: what the device is doing for it ends. */
  readonly drop: () => Promise<void>
}

const ANSWER_MS = 3_000

export function createLine(place: Place, needs: LinkNeeds): DeviceLine {
  let heard: (event: LinkEvent) => void = () => {}
  let opening: Promise<DeviceLink> | undefined
  const link = async (): Promise<DeviceLink> => {
    const current = await opening?.catch(() => undefined)
    if (current?.isOpen()) return current
    opening = openLink(place, needs, (event) => heard(event))
    return await opening
  }
  const ask = async (request: LinkAsk, timeoutMs = ANSWER_MS) =>
    await (await link()).ask(request, timeoutMs)
  return {
    place,
    ask,
    status: async () => {
      const answer = await ask({ command: 'hello' })
      if (answer.ok && 'status' in answer) return answer.status
      throw new LinkLost('no_answer')
    },
    isOpen: async () => (await opening?.catch(() => undefined))?.isOpen() === true,
    listen: (onEvent = () => {}) => {
      heard = onEvent
    },
    drop: async () => {
      const current = await opening?.catch(() => undefined)
      await current?.close()
    },
  }
}

export type Found = { readonly line: DeviceLine; readonly status: DeviceStatus }

/** The devices that answer on these lines; where nobody does, nothing is found. */
export async function findDevices(lines: readonly DeviceLine[]): Promise<readonly Found[]> {
  const found = await Promise.all(
    lines.map(async (line) => {
      try {
        return [{ line, status: await line.status() }]
      } catch (error) {
        await line.drop()
        if (error instanceof LinkLost) return []
        throw error
      }
    }),
  )
  return found.flat()
}
