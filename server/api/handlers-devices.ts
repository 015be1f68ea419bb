/** A merchant's entry devices: registration, custody, status, signs of life, keys. */
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { type EntryDevice, type Estate, isOnline } from '#merchants'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Rooms = { readonly estate: Estate; readonly livemode: boolean }

const instantOf = (ms: number): string => new Date(ms).toISOString()

const deviceObject = (device: EntryDevice, livemode: boolean, nowMs: number) =>
  ({
    id: device.id,
    object: 'entry_device',
    livemode,
    created_at: instantOf(Number(device.createdMs)),
    name: device.name,
    serial_number: device.serialNumber,
    store: device.store,
    status: device.status,
    online: isOnline(device.lastSeenMs, nowMs),
    last_seen_at: device.lastSeenMs === null ? null : instantOf(Number(device.lastSeenMs)),
    reported: device.reported,
    custody: device.custody.map(({ at_ms, ...entry }) => ({ at: instantOf(at_ms), ...entry })),
    history: device.history.map(({ at_ms, ...move }) => ({ at: instantOf(at_ms), ...move })),
    alarms: device.alarms.map(({ at_ms, ...alarm }) => ({ at: instantOf(at_ms), ...alarm })),
  }) satisfies Reply<'getEntryDevice'>

export const deviceHandlers = ({ estate, livemode }: Rooms) => {
  const shown = async (
    owned: { readonly merchant: Id<'mer'>; readonly device: Id<'edv'> },
    nowMs: number,
  ): Promise<Answer<Reply<'getEntryDevice'>>> => {
    const device = await estate.get(owned)
    return device ? done(deviceObject(device, livemode, nowMs)) : refused('not_found')
  }
  return {
    createEntryDevice: async ({ caller, body, nowMs }) => {
      const { merchant, once } = caller
      const { serial_number: serialNumber, ...rest } = body
      const made = await estate.register({ merchant, ...rest, serialNumber, ...once, nowMs })
      return made.ok ? shown({ merchant, device: made.value }, nowMs) : made
    },
    listEntryDevices: async ({ caller, query, nowMs }) =>
      done(
        await pageOf('/v1/entry_devices', query, async (page) =>
          (await estate.list(caller.merchant, page)).map((one) =>
            deviceObject(one, livemode, nowMs),
          ),
        ),
      ),
    getEntryDevice: async ({ caller, params, nowMs }) =>
      shown({ merchant: caller.merchant, device: params.id }, nowMs),
    moveEntryDevice: async ({ caller, params, body, nowMs }) => {
      const owned = { merchant: caller.merchant, device: params.id }
      const moved = await estate.move({ ...owned, to: body.status, reason: body.reason, nowMs })
      return moved.ok ? shown(owned, nowMs) : moved
    },
    handOverEntryDevice: async ({ caller, params, body, nowMs }) => {
      const owned = { merchant: caller.merchant, device: params.id }
      const moved = await estate.handOver({ ...owned, ...body, nowMs })
      return moved.ok ? shown(owned, nowMs) : moved
    },
    heartbeatEntryDevice: async ({ caller, params, body, nowMs }) => {
      const owned = { merchant: caller.merchant, device: params.id }
      const heard = await estate.heartbeat({ ...owned, state: body.state, nowMs })
      return heard.ok ? shown(owned, nowMs) : heard
    },
    createEntryDeviceKeys: async ({ caller, params, nowMs }) => {
      const { merchant, once } = caller
      const keys = await estate.keys({ merchant, device: params.id, ...once, nowMs })
      return keys.ok ? done({ object: 'entry_device_keys', ...keys.value }) : keys
    },
  } satisfies Partial<Handlers>
}
